-- Why somebody has let a rollout begin, as is kept of who has paused it.
ALTER TABLE rollout ADD COLUMN approval_reason text;
