"""What is to be played: scenarios, design points, jobs."""
