-- What people ask their school to let them learn, what was decided, and the money that is set aside and spent for it.
CREATE TABLE budget_lines (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  organisation_id uuid NOT NULL,
  academic_year integer NOT NULL,
  title text NOT NULL,
  allocated_pence bigint NOT NULL CHECK (allocated_pence >= 0),
  plan_above_pence integer CHECK (plan_above_pence >= 0),
  plan_above_minutes integer CHECK (plan_above_minutes >= 0),
  version bigint NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, organisation_id) REFERENCES organisations (tenant_id, id)
);
CREATE INDEX budget_lines_organisation ON budget_lines (tenant_id, organisation_id, academic_year, id);

CREATE TABLE learning_requests (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  person_id uuid NOT NULL,
  employment_id uuid NOT NULL,
  organisation_id uuid NOT NULL,
  private_to uuid,
  state text NOT NULL CHECK (state IN (
    'draft', 'submitted', 'manager_agreed', 'manager_declined', 'approved', 'declined', 'returned', 'booked', 'attended', 'evaluated', 'impact_reviewed',
    'closed', 'withdrawn'
  )),
  title text NOT NULL,
  why text,
  needs text,
  activity_id uuid,
  session_id uuid,
  provider text,
  starts_on date NOT NULL,
  ends_on date NOT NULL,
  cost_pence integer NOT NULL CHECK (cost_pence >= 0),
  cover_minutes integer NOT NULL CHECK (cover_minutes >= 0),
  budget_line_id uuid,
  spent_pence integer CHECK (spent_pence >= 0),
  submitted_at timestamptz,
  agreed_by uuid,
  approved_by uuid,
  evaluation text,
  conclusion text CHECK (conclusion IN ('continue', 'adapt', 'stop')),
  conclusion_note text,
  version bigint NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, person_id) REFERENCES people (tenant_id, id),
  FOREIGN KEY (tenant_id, employment_id) REFERENCES employments (tenant_id, id),
  FOREIGN KEY (tenant_id, organisation_id) REFERENCES organisations (tenant_id, id),
  FOREIGN KEY (tenant_id, private_to) REFERENCES people (tenant_id, id),
  FOREIGN KEY (tenant_id, activity_id) REFERENCES learning_activities (tenant_id, id),
  FOREIGN KEY (tenant_id, session_id) REFERENCES learning_sessions (tenant_id, id),
  FOREIGN KEY (tenant_id, budget_line_id) REFERENCES budget_lines (tenant_id, id),
  FOREIGN KEY (tenant_id, agreed_by) REFERENCES people (tenant_id, id),
  FOREIGN KEY (tenant_id, approved_by) REFERENCES people (tenant_id, id)
);
CREATE INDEX learning_requests_person ON learning_requests (tenant_id, person_id, id);
CREATE INDEX learning_requests_employment ON learning_requests (tenant_id, employment_id);
CREATE INDEX learning_requests_organisation ON learning_requests (tenant_id, organisation_id, id);
CREATE INDEX learning_requests_private ON learning_requests (tenant_id, private_to) WHERE private_to IS NOT NULL;
CREATE INDEX learning_requests_activity ON learning_requests (tenant_id, activity_id, id) WHERE activity_id IS NOT NULL;
CREATE INDEX learning_requests_session ON learning_requests (tenant_id, session_id) WHERE session_id IS NOT NULL;
CREATE INDEX learning_requests_line ON learning_requests (tenant_id, budget_line_id, id) WHERE budget_line_id IS NOT NULL;
CREATE INDEX learning_requests_agreed ON learning_requests (tenant_id, agreed_by) WHERE agreed_by IS NOT NULL;
CREATE INDEX learning_requests_approved ON learning_requests (tenant_id, approved_by) WHERE approved_by IS NOT NULL;

CREATE TABLE learning_request_objectives (
  tenant_id uuid NOT NULL,
  learning_request_id uuid NOT NULL,
  objective_id uuid NOT NULL,
  position integer NOT NULL,
  PRIMARY KEY (tenant_id, learning_request_id, objective_id),
  FOREIGN KEY (tenant_id, learning_request_id) REFERENCES learning_requests (tenant_id, id),
  FOREIGN KEY (tenant_id, objective_id) REFERENCES objectives (tenant_id, id)
);
CREATE INDEX learning_request_objectives_objective ON learning_request_objectives (tenant_id, objective_id);

CREATE TABLE learning_request_standards (
  tenant_id uuid NOT NULL,
  learning_request_id uuid NOT NULL,
  standard_id uuid NOT NULL,
  position integer NOT NULL,
  PRIMARY KEY (tenant_id, learning_request_id, standard_id),
  FOREIGN KEY (tenant_id, learning_request_id) REFERENCES learning_requests (tenant_id, id),
  FOREIGN KEY (tenant_id, standard_id) REFERENCES standards (tenant_id, id)
);
CREATE INDEX learning_request_standards_standard ON learning_request_standards (tenant_id, standard_id);

CREATE TABLE learning_request_priorities (
  tenant_id uuid NOT NULL,
  learning_request_id uuid NOT NULL,
  priority_id uuid NOT NULL,
  position integer NOT NULL,
  PRIMARY KEY (tenant_id, learning_request_id, priority_id),
  FOREIGN KEY (tenant_id, learning_request_id) REFERENCES learning_requests (tenant_id, id),
  FOREIGN KEY (tenant_id, priority_id) REFERENCES priorities (tenant_id, id)
);
CREATE INDEX learning_request_priorities_priority ON learning_request_priorities (tenant_id, priority_id);

CREATE TABLE learning_request_decisions (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  learning_request_id uuid NOT NULL,
  step text NOT NULL CHECK (step IN ('author', 'manager', 'approver')),
  decision text NOT NULL,
  reason text,
  decided_by uuid NOT NULL,
  decided_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, learning_request_id) REFERENCES learning_requests (tenant_id, id),
  FOREIGN KEY (tenant_id, decided_by) REFERENCES people (tenant_id, id)
);
CREATE INDEX learning_request_decisions_request ON learning_request_decisions (tenant_id, learning_request_id, id);
CREATE INDEX learning_request_decisions_by ON learning_request_decisions (tenant_id, decided_by);

CREATE TABLE learning_request_comments (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  learning_request_id uuid NOT NULL,
  author_id uuid NOT NULL,
  text text NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, learning_request_id) REFERENCES learning_requests (tenant_id, id),
  FOREIGN KEY (tenant_id, author_id) REFERENCES people (tenant_id, id)
);
CREATE INDEX learning_request_comments_request ON learning_request_comments (tenant_id, learning_request_id, id);
CREATE INDEX learning_request_comments_author ON learning_request_comments (tenant_id, author_id);

-- What moved on a line. Entries are only ever added; the request is forgotten with its owner, the money is not.
CREATE TABLE budget_entries (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  budget_line_id uuid NOT NULL,
  learning_request_id uuid,
  kind text NOT NULL CHECK (kind IN ('commit', 'release', 'spend', 'refund')),
  amount_pence integer NOT NULL CHECK (amount_pence > 0),
  made_by uuid,
  made_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, budget_line_id) REFERENCES budget_lines (tenant_id, id),
  FOREIGN KEY (tenant_id, learning_request_id) REFERENCES learning_requests (tenant_id, id),
  FOREIGN KEY (tenant_id, made_by) REFERENCES people (tenant_id, id)
);
CREATE INDEX budget_entries_line ON budget_entries (tenant_id, budget_line_id, id);
CREATE INDEX budget_entries_request ON budget_entries (tenant_id, learning_request_id) WHERE learning_request_id IS NOT NULL;
CREATE INDEX budget_entries_by ON budget_entries (tenant_id, made_by) WHERE made_by IS NOT NULL;
