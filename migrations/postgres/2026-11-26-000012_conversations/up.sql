-- Conversations: templates, meetings of two people, what each notes for themself, what was locked, and what was agreed.
CREATE TABLE conversation_templates (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  organisation_id uuid NOT NULL,
  key text NOT NULL,
  number integer NOT NULL,
  state text NOT NULL CHECK (state IN ('draft', 'published')),
  based_on uuid,
  kind text NOT NULL,
  document jsonb NOT NULL,
  -- which revision of each question this version asks
  revisions jsonb NOT NULL,
  version bigint NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, organisation_id, key, number),
  FOREIGN KEY (tenant_id, organisation_id) REFERENCES organisations (tenant_id, id),
  FOREIGN KEY (tenant_id, based_on) REFERENCES conversation_templates (tenant_id, id)
);
CREATE INDEX conversation_templates_organisation ON conversation_templates (tenant_id, organisation_id, id);
CREATE INDEX conversation_templates_based_on ON conversation_templates (tenant_id, based_on);

CREATE TABLE conversations (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  employment_id uuid NOT NULL,
  person_id uuid NOT NULL,
  organisation_id uuid NOT NULL,
  partner_id uuid NOT NULL,
  partner_as text NOT NULL,
  kind text NOT NULL,
  lane text NOT NULL CHECK (lane IN ('development', 'appraisal', 'support')),
  appraisal_id uuid,
  template_id uuid,
  starts_at timestamptz NOT NULL,
  place text,
  state text NOT NULL CHECK (state IN ('scheduled', 'preparing', 'shared', 'held', 'awaiting_response', 'completed', 'reopened', 'cancelled')),
  summary text,
  -- what each side has shown the other
  appraisee_notes jsonb,
  partner_notes jsonb,
  response text,
  held_at timestamptz,
  last_reason text,
  snapshots integer NOT NULL,
  content_hash text,
  version bigint NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CHECK (lane <> 'appraisal' OR appraisal_id IS NOT NULL),
  FOREIGN KEY (tenant_id, employment_id) REFERENCES employments (tenant_id, id),
  FOREIGN KEY (tenant_id, person_id) REFERENCES people (tenant_id, id),
  FOREIGN KEY (tenant_id, organisation_id) REFERENCES organisations (tenant_id, id),
  FOREIGN KEY (tenant_id, partner_id) REFERENCES people (tenant_id, id),
  FOREIGN KEY (tenant_id, appraisal_id) REFERENCES appraisals (tenant_id, id),
  FOREIGN KEY (tenant_id, template_id) REFERENCES conversation_templates (tenant_id, id)
);
CREATE INDEX conversations_employment ON conversations (tenant_id, employment_id, id);
CREATE INDEX conversations_person ON conversations (tenant_id, person_id, id);
CREATE INDEX conversations_partner ON conversations (tenant_id, partner_id, id);
CREATE INDEX conversations_organisation ON conversations (tenant_id, organisation_id, id);
CREATE INDEX conversations_appraisal ON conversations (tenant_id, appraisal_id);
CREATE INDEX conversations_template ON conversations (tenant_id, template_id);

-- Notes that one side writes for themself: nobody else reads this table.
CREATE TABLE conversation_notes (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  conversation_id uuid NOT NULL,
  side text NOT NULL CHECK (side IN ('appraisee', 'partner')),
  author_id uuid NOT NULL,
  organisation_id uuid NOT NULL,
  notes jsonb NOT NULL,
  version bigint NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, conversation_id, side),
  FOREIGN KEY (tenant_id, conversation_id) REFERENCES conversations (tenant_id, id),
  FOREIGN KEY (tenant_id, author_id) REFERENCES people (tenant_id, id),
  FOREIGN KEY (tenant_id, organisation_id) REFERENCES organisations (tenant_id, id)
);
CREATE INDEX conversation_notes_author ON conversation_notes (tenant_id, author_id);
CREATE INDEX conversation_notes_organisation ON conversation_notes (tenant_id, organisation_id);

-- What was locked, each time: the very bytes whose hash the log has.
CREATE TABLE conversation_snapshots (
  tenant_id uuid NOT NULL,
  conversation_id uuid NOT NULL,
  number integer NOT NULL,
  content text NOT NULL,
  content_hash text NOT NULL,
  locked_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, conversation_id, number),
  FOREIGN KEY (tenant_id, conversation_id) REFERENCES conversations (tenant_id, id)
);

CREATE TABLE agreed_actions (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  conversation_id uuid NOT NULL,
  employment_id uuid NOT NULL,
  person_id uuid NOT NULL,
  organisation_id uuid NOT NULL,
  partner_id uuid NOT NULL,
  lane text NOT NULL CHECK (lane IN ('development', 'appraisal', 'support')),
  title text NOT NULL,
  owner_id uuid NOT NULL,
  due_on date,
  state text NOT NULL CHECK (state IN ('open', 'done', 'dropped')),
  last_reason text,
  version bigint NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, conversation_id) REFERENCES conversations (tenant_id, id),
  FOREIGN KEY (tenant_id, employment_id) REFERENCES employments (tenant_id, id),
  FOREIGN KEY (tenant_id, person_id) REFERENCES people (tenant_id, id),
  FOREIGN KEY (tenant_id, organisation_id) REFERENCES organisations (tenant_id, id),
  FOREIGN KEY (tenant_id, partner_id) REFERENCES people (tenant_id, id),
  FOREIGN KEY (tenant_id, owner_id) REFERENCES people (tenant_id, id)
);
CREATE INDEX agreed_actions_conversation ON agreed_actions (tenant_id, conversation_id);
CREATE INDEX agreed_actions_employment ON agreed_actions (tenant_id, employment_id, id);
CREATE INDEX agreed_actions_person ON agreed_actions (tenant_id, person_id, id);
CREATE INDEX agreed_actions_organisation ON agreed_actions (tenant_id, organisation_id, id);
CREATE INDEX agreed_actions_partner ON agreed_actions (tenant_id, partner_id, id);
CREATE INDEX agreed_actions_owner ON agreed_actions (tenant_id, owner_id, id);
