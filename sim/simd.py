"""What numba is told of :mod:`sim.lanes`: a value type that is an LLVM vector of lanes.

``Group(16)`` is the compiled type of a lane index that stands for sixteen worlds, ``Lanes`` the
type of a value in them (doubles, 32-bit words or truth values), ``RowType`` a view of one row.
Loads and stores of rows are the only places that know the width. Because the vector is explicit
there is no inner loop over lanes, no reliance on the auto-vectoriser, and no flag that could
change a bit: every lane does exactly the IEEE operations the scalar text says.

Nobody imports this but :mod:`sim.jit`.
"""

import operator
from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core.typeconv import Conversion
from numba.core.typing.templates import (
    AbstractTemplate,
    AttributeTemplate,
    infer_getattr,
    infer_global,
    signature,
)
from numba.extending import (
    intrinsic,
    lower_builtin,
    lower_cast,
    lower_getattr_generic,
    lower_setattr_generic,
    models,
    register_model,
    type_callable,
)
from numba.np import arrayobj

from sim import lanes

_LLVM = {"f8": ir.DoubleType(), "u4": ir.IntType(32), "b1": ir.IntType(1)}
_SCALAR = {"f8": types.float64, "u4": types.uint32, "b1": types.boolean}
_COMPARE = {
    operator.lt: "<",
    operator.le: "<=",
    operator.gt: ">",
    operator.ge: ">=",
    operator.eq: "==",
    operator.ne: "!=",
}


class Lanes(types.Type):
    """A value in ``width`` lanes; ``kind`` is f8, u4 or b1."""

    def __init__(self, kind: str, width: int) -> None:
        self.kind, self.width = kind, width
        super().__init__(name=f"Lanes({kind},{width})")

    def can_convert_from(self, typing: Any, other: types.Type) -> Any:
        return Conversion.promote if self.kind == "f8" and _is_number(other) else None


class Group(types.Type):
    """The index of the first of ``width`` neighbouring lanes."""

    def __init__(self, width: int) -> None:
        self.width = width
        super().__init__(name=f"Group({width})")


class RowType(types.Type):
    """A :class:`sim.lanes.Row` of doubles, seen through one lane or a group of them."""

    def __init__(self, row: type[lanes.Row], lane: types.Type) -> None:
        self.row = row
        self.value = _value_type("f8", lane)
        super().__init__(name=f"{row.__module__}.{row.__name__}({self.value})")


def _value_type(kind: str, lane: types.Type) -> types.Type:
    return Lanes(kind, lane.width) if isinstance(lane, Group) else _SCALAR[kind]


def _llvm(lanes_type: types.Type) -> ir.Type:
    if isinstance(lanes_type, Lanes):
        return ir.VectorType(_LLVM[lanes_type.kind], lanes_type.width)
    return {v: _LLVM[k] for k, v in _SCALAR.items()}[lanes_type]


@register_model(Lanes)
class _LanesModel(models.PrimitiveModel):
    def __init__(self, manager: Any, fe_type: Lanes) -> None:
        super().__init__(manager, fe_type, _llvm(fe_type))


@register_model(Group)
class _GroupModel(models.PrimitiveModel):
    def __init__(self, manager: Any, fe_type: Group) -> None:
        super().__init__(manager, fe_type, ir.IntType(64))


@register_model(RowType)
class _RowModel(models.StructModel):
    def __init__(self, manager: Any, fe_type: RowType) -> None:
        members = [("first", types.CPointer(types.float64)), ("stride", types.intp)]
        super().__init__(manager, fe_type, members)


# Lifting a scalar to all lanes, and the operators


def _is_number(t: types.Type) -> bool:
    return isinstance(t, types.Float | types.Integer | types.Boolean)


def _common(args: tuple[types.Type, ...]) -> Lanes | None:
    """Return the one lane type among the arguments, or None where they do not fit together."""
    found = {t for t in args if isinstance(t, Lanes)}
    fits = all(isinstance(t, Lanes) or _is_number(t) for t in args)
    return found.pop() if len(found) == 1 and fits else None


def _splat(builder: Any, value: Any, width: int) -> Any:
    vector = ir.VectorType(value.type, width)
    if isinstance(value, ir.Constant):
        return ir.Constant(vector, [value.constant] * width)
    undefined = ir.Constant(vector, ir.Undefined)
    first = builder.insert_element(undefined, value, ir.Constant(ir.IntType(32), 0))
    return builder.shuffle_vector(
        first, undefined, ir.Constant(ir.VectorType(ir.IntType(32), width), [0] * width)
    )


def _lift(context: Any, builder: Any, value: Any, of: types.Type, to: Any) -> Any:
    if isinstance(of, Lanes):
        return value
    if not isinstance(to, Lanes):
        return context.cast(builder, value, of, to)
    return _splat(builder, context.cast(builder, value, of, _SCALAR[to.kind]), to.width)


@lower_cast(types.Float, Lanes)
@lower_cast(types.Integer, Lanes)
def _cast(context: Any, builder: Any, of: types.Type, to: Lanes, value: Any) -> Any:
    return _lift(context, builder, value, of, to)


def _operator(op: Any, kinds: str, emit: Callable[[Any, Lanes, Any, Any], Any]) -> None:
    class _Template(AbstractTemplate):
        def generic(self, args: Any, kws: Any) -> Any:
            common = _common(args) if len(args) == 2 else None
            if common is None or common.kind not in kinds:
                return None
            return signature(Lanes("b1", common.width) if op in _COMPARE else common, *args)

    infer_global(op)(_Template)

    def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        common = _common(sig.args)
        assert common is not None
        a = _lift(context, builder, args[0], sig.args[0], common)
        b = _lift(context, builder, args[1], sig.args[1], common)
        return emit(builder, common, a, b)

    lower_builtin(op, Lanes, Lanes)(lower)
    for scalar in (types.Float, types.Integer, types.Boolean):
        lower_builtin(op, Lanes, scalar)(lower)
        lower_builtin(op, scalar, Lanes)(lower)


def _by_kind(on_floats: str, on_words: str) -> Callable[[Any, Lanes, Any, Any], Any]:
    return lambda builder, of, a, b: getattr(builder, on_floats if of.kind == "f8" else on_words)(
        a, b
    )


def _comparison(symbol: str) -> Callable[[Any, Lanes, Any, Any], Any]:
    def emit(builder: Any, of: Lanes, a: Any, b: Any) -> Any:
        if of.kind == "f8":
            return builder.fcmp_ordered(symbol, a, b)
        return builder.icmp_unsigned(symbol, a, b)

    return emit


_operator(operator.add, "f8 u4", _by_kind("fadd", "add"))
_operator(operator.iadd, "f8", _by_kind("fadd", "add"))
_operator(operator.sub, "f8 u4", _by_kind("fsub", "sub"))
_operator(operator.mul, "f8", _by_kind("fmul", "mul"))
_operator(operator.truediv, "f8", _by_kind("fdiv", "udiv"))
_operator(operator.xor, "u4 b1", _by_kind("", "xor"))
_operator(operator.and_, "u4 b1", _by_kind("", "and_"))
_operator(operator.or_, "u4 b1", _by_kind("", "or_"))
_operator(operator.rshift, "u4", _by_kind("", "lshr"))
_operator(operator.lshift, "u4", _by_kind("", "shl"))
for _op, _symbol in _COMPARE.items():
    _operator(_op, "f8 u4", _comparison(_symbol))


@infer_global(operator.neg)
class _Negative(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        if len(args) == 1 and isinstance(args[0], Lanes) and args[0].kind == "f8":
            return signature(args[0], args[0])
        return None


@lower_builtin(operator.neg, Lanes)
def _negative(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    return builder.fneg(args[0])


# where, least, most, anywhere


def _choice_type(args: tuple[types.Type, ...]) -> types.Type | None:
    if any(isinstance(t, Lanes) for t in args):
        return _common(args)
    return types.float64 if all(_is_number(t) for t in args) else None


@infer_global(lanes.where)
class _Where(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        condition, yes, no = args
        result = _choice_type((yes, no))
        if isinstance(condition, Lanes) and result is not None and not isinstance(result, Lanes):
            result = Lanes("f8", condition.width)
        return None if result is None else signature(result, *args)


@lower_builtin(lanes.where, types.Any, types.Any, types.Any)
def _where(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    to = sig.return_type
    yes = _lift(context, builder, args[1], sig.args[1], to)
    no = _lift(context, builder, args[2], sig.args[2], to)
    return builder.select(args[0], yes, no)


def _extreme(function: Any, symbol: str) -> None:
    class _Template(AbstractTemplate):
        def generic(self, args: Any, kws: Any) -> Any:
            result = _choice_type(args)
            return None if result is None else signature(result, *args)

    infer_global(function)(_Template)

    @lower_builtin(function, types.Any, types.Any)
    def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        a = _lift(context, builder, args[0], sig.args[0], sig.return_type)
        b = _lift(context, builder, args[1], sig.args[1], sig.return_type)
        return builder.select(builder.fcmp_ordered(symbol, a, b), a, b)


_extreme(lanes.least, "<")
_extreme(lanes.most, ">")


@infer_global(lanes.anywhere)
class _Anywhere(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        return signature(types.boolean, *args)


@lower_builtin(lanes.anywhere, types.Any)
def _anywhere(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    if not isinstance(sig.args[0], Lanes):
        return args[0]
    bits = builder.bitcast(args[0], ir.IntType(sig.args[0].width))
    return builder.icmp_unsigned("!=", bits, ir.Constant(bits.type, 0))


# Words of random numbers


@infer_global(lanes.word)
class _Word(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        return signature(args[0] if isinstance(args[0], Lanes) else types.uint32, args[0])


@lower_builtin(lanes.word, types.Any)
def _word(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    return _lift(context, builder, args[0], sig.args[0], sig.return_type)


@infer_global(lanes.fraction)
class _Fraction(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        of = args[0]
        return signature(Lanes("f8", of.width) if isinstance(of, Lanes) else types.float64, of)


@lower_builtin(lanes.fraction, types.Any)
def _fraction(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    of, to = sig.args[0], sig.return_type
    word = args[0] if isinstance(of, Lanes) else context.cast(builder, args[0], of, types.uint32)
    width = of.width if isinstance(of, Lanes) else 0

    def constant(llvm: ir.Type, value: float) -> ir.Constant:
        one = ir.Constant(llvm, value)
        return _splat(builder, one, width) if width else one

    high = builder.lshr(word, constant(ir.IntType(32), 8))
    return builder.fmul(builder.sitofp(high, _llvm(to)), constant(ir.DoubleType(), 2.0**-24))


# Loads and stores


def _pointer(context: Any, builder: Any, array_type: Any, array: Any) -> Any:
    return arrayobj.make_array(array_type)(context, builder, array)


@infer_global(lanes.words)
class _Words(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        return signature(_value_type("u4", args[1]), *args)


@lower_builtin(lanes.words, types.Array, types.Any)
def _words(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    array = _pointer(context, builder, sig.args[0], args[0])
    place = builder.gep(array.data, [args[1]])
    loaded = builder.load(builder.bitcast(place, _llvm(sig.return_type).as_pointer()))
    loaded.align = 4
    return loaded


@infer_global(lanes.note)
class _Note(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        return signature(types.void, *args)


@lower_builtin(lanes.note, types.Array, types.Integer, types.Integer, types.Any, types.Any)
def _note(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    array = _pointer(context, builder, sig.args[0], args[0])
    _, n_rows, n_lanes = (builder.extract_value(array.shape, k) for k in range(3))
    at = builder.add(builder.mul(args[1], n_rows), args[2])
    at = builder.add(builder.mul(at, n_lanes), args[3])
    element = context.get_value_type(sig.args[0].dtype)
    to = ir.VectorType(element, sig.args[3].width) if isinstance(sig.args[3], Group) else element
    value_type = _value_type("f8", sig.args[3])
    value = _lift(context, builder, args[4], sig.args[4], value_type)
    place = builder.bitcast(builder.gep(array.data, [at]), to.as_pointer())
    stored = builder.store(builder.fptoui(value, to), place)
    stored.align = 1
    return context.get_dummy_value()


@intrinsic(prefer_literal=True)
def group(typing: Any, first: Any, width: Any) -> Any:
    """Return the lanes ``first .. first + width - 1`` as one index (a plain int at width 1)."""
    to = types.intp if width.literal_value == 1 else Group(width.literal_value)
    return to(types.intp, width), lambda context, builder, sig, args: args[0]


@infer_getattr
class _RowFields(AttributeTemplate):
    key = RowType

    def generic_resolve(self, row: RowType, name: str) -> Any:
        return row.value if name in row.row.FIELDS else None


def _field(context: Any, builder: Any, row_type: RowType, row: Any, name: str) -> Any:
    view = context.make_helper(builder, row_type, row)
    position = ir.Constant(ir.IntType(64), row_type.row.FIELDS.index(name))
    place = builder.gep(view.first, [builder.mul(view.stride, position)])
    return builder.bitcast(place, _llvm(row_type.value).as_pointer())


@lower_getattr_generic(RowType)
def _load(context: Any, builder: Any, row_type: RowType, row: Any, name: str) -> Any:
    loaded = builder.load(_field(context, builder, row_type, row, name))
    loaded.align = 8
    return loaded


@lower_setattr_generic(RowType)
def _store(context: Any, builder: Any, sig: Any, args: Any, name: str) -> None:
    row_type = sig.args[0]
    value = _lift(context, builder, args[1], sig.args[1], row_type.value)
    stored = builder.store(value, _field(context, builder, row_type, args[0], name))
    stored.align = 8


def register(row: type[lanes.Row]) -> None:
    """Let compiled code make views of this kind of row."""

    @type_callable(row)
    def typer(context: Any) -> Any:
        def generic(array: Any, at: Any, lane: Any) -> Any:
            return RowType(row, lane)

        return generic

    @lower_builtin(row, types.Array, types.Integer, types.Any)
    def make(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        array = _pointer(context, builder, sig.args[0], args[0])
        n_fields, n_lanes = (builder.extract_value(array.shape, k) for k in (1, 2))
        at = context.cast(builder, args[1], sig.args[1], types.intp)
        lane = args[2]
        if isinstance(sig.args[2], types.Integer):
            lane = context.cast(builder, lane, sig.args[2], types.intp)
        start = builder.add(builder.mul(builder.mul(at, n_fields), n_lanes), lane)
        view = context.make_helper(builder, sig.return_type)
        view.first = builder.gep(array.data, [start])
        view.stride = n_lanes
        return view._getvalue()
