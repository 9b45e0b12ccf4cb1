-- How publications reach the hosts. The plan of the name "default", if somebody has written it, in place of the built-in one.
CREATE TABLE rollout_plan (
    name       text        PRIMARY KEY CHECK (name ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
    plan       text        NOT NULL,
    changed_by text        NOT NULL,
    changed_at timestamptz NOT NULL
);

-- One for each publication, with a copy of its plan. It may be there before the publication is.
CREATE TABLE rollout (
    publication  text        PRIMARY KEY,
    number       bigint      GENERATED ALWAYS AS IDENTITY UNIQUE,
    plan_name    text        NOT NULL,
    plan         text        NOT NULL,
    created_at   timestamptz NOT NULL,
    approved_at  timestamptz,
    approved_by  text,
    paused_at    timestamptz,
    paused_by    text,
    pause_reason text
);

-- One for each bundle: every kernel build goes through the rings by itself.
CREATE TABLE rollout_build (
    bundle_id   bigint      PRIMARY KEY REFERENCES bundle,
    publication text        NOT NULL REFERENCES rollout,
    state       text        NOT NULL,
    since       timestamptz NOT NULL,
    reason      text,
    ring        int         NOT NULL DEFAULT 0,
    approved    boolean     NOT NULL DEFAULT false
);
CREATE INDEX rollout_build_publication ON rollout_build (publication);
CREATE INDEX rollout_build_active ON rollout_build (bundle_id) WHERE state IN ('WAITING', 'RUNNING', 'HALTED');

-- The hosts of a rollout, in the order in which their turns come. A host is handed the bundle by the step from RELEASED to
-- HANDED, which only one server can make and which none can make once the release was taken back.
CREATE TABLE rollout_member (
    bundle_id   bigint      NOT NULL REFERENCES rollout_build,
    host_id     uuid        NOT NULL REFERENCES host,
    position    int         NOT NULL,
    state       text        NOT NULL,
    since       timestamptz NOT NULL,
    ring        int,
    released_at timestamptz,
    handed_at   timestamptz,
    detail      text,
    excused     boolean     NOT NULL DEFAULT false,
    PRIMARY KEY (bundle_id, host_id)
);
COMMENT ON COLUMN rollout_member.excused IS 'What it stands for is known to the operator who has resumed the rollout.';
CREATE INDEX rollout_member_host ON rollout_member (host_id);

-- Bundles that no further host is handed. Taken away again by the operator who resumes the rollout.
CREATE TABLE bundle_quarantine (
    bundle_id bigint      PRIMARY KEY REFERENCES bundle,
    since     timestamptz NOT NULL,
    reason    text        NOT NULL
);

-- What holds hosts back: one, a group, or all of them.
CREATE TABLE host_hold (
    id              uuid        PRIMARY KEY,
    kind            text        NOT NULL CHECK (kind IN ('STAY', 'LEVEL', 'DATE', 'NONE')),
    host_id         uuid        REFERENCES host,
    group_name      text,
    level           bigint,
    published_until timestamptz,
    reason          text        NOT NULL,
    owner           text        NOT NULL,
    expires_at      timestamptz,
    created_by      text        NOT NULL,
    created_at      timestamptz NOT NULL,
    lifted_at       timestamptz,
    CHECK (host_id IS NULL OR group_name IS NULL)
);
CREATE INDEX host_hold_standing ON host_hold (created_at, id) WHERE lifted_at IS NULL;

-- Whatever was published before there were rollouts has reached everybody; what is added to it goes ring by ring.
INSERT INTO rollout (publication, plan_name, plan, created_at)
SELECT publication, 'careful', '{"rings":[{"reach":"1%"},{"reach":"10%"},{"reach":"50%"},{"reach":"100%"}]}',
       min(uploaded_at)
FROM bundle GROUP BY publication ORDER BY min(id);
INSERT INTO rollout_build (bundle_id, publication, state, since)
SELECT b.id, b.publication, CASE WHEN w.bundle_id IS NULL THEN 'COMPLETED' ELSE 'WITHDRAWN' END,
       coalesce(w.withdrawn_at, b.uploaded_at)
FROM bundle b LEFT JOIN bundle_withdrawal w ON w.bundle_id = b.id;
