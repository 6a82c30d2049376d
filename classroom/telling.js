// The week of a world in sentences; the deeds come from the engine, the sentences from its story.
const Story = (() => {
"use strict";

const MOST = 6;  // scenes of a week that are told, the weightiest first

function week(world, most = MOST) {
    if (world.week === 0) return [Page.say("story.start")];
    return world.happened.slice(0, most).map((scene) => scene.text).filter(Boolean);
}

return { week };
})();
