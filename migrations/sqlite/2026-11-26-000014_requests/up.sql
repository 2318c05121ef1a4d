-- What people ask their school to let them learn, what was decided, and the money that is set aside and spent for it.
CREATE TABLE budget_lines (
  tenant_id BLOB NOT NULL,
  id BLOB NOT NULL,
  organisation_id BLOB NOT NULL,
  academic_year INTEGER NOT NULL,
  title TEXT NOT NULL,
  allocated_pence BIGINT NOT NULL CHECK (allocated_pence >= 0),
  plan_above_pence INTEGER CHECK (plan_above_pence >= 0),
  plan_above_minutes INTEGER CHECK (plan_above_minutes >= 0),
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, organisation_id) REFERENCES organisations (tenant_id, id)
);
CREATE INDEX budget_lines_organisation ON budget_lines (tenant_id, organisation_id, academic_year, id);

CREATE TABLE learning_requests (
  tenant_id BLOB NOT NULL,
  id BLOB NOT NULL,
  person_id BLOB NOT NULL,
  employment_id BLOB NOT NULL,
  organisation_id BLOB NOT NULL,
  private_to BLOB,
  state TEXT NOT NULL CHECK (state IN (
    'draft', 'submitted', 'manager_agreed', 'manager_declined', 'approved', 'declined', 'returned', 'booked', 'attended', 'evaluated', 'impact_reviewed',
    'closed', 'withdrawn'
  )),
  title TEXT NOT NULL,
  why TEXT,
  needs TEXT,
  activity_id BLOB,
  session_id BLOB,
  provider TEXT,
  starts_on DATE NOT NULL,
  ends_on DATE NOT NULL,
  cost_pence INTEGER NOT NULL CHECK (cost_pence >= 0),
  cover_minutes INTEGER NOT NULL CHECK (cover_minutes >= 0),
  budget_line_id BLOB,
  spent_pence INTEGER CHECK (spent_pence >= 0),
  submitted_at BIGINT,
  agreed_by BLOB,
  approved_by BLOB,
  evaluation TEXT,
  conclusion TEXT CHECK (conclusion IN ('continue', 'adapt', 'stop')),
  conclusion_note TEXT,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
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
  tenant_id BLOB NOT NULL,
  learning_request_id BLOB NOT NULL,
  objective_id BLOB NOT NULL,
  position INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, learning_request_id, objective_id),
  FOREIGN KEY (tenant_id, learning_request_id) REFERENCES learning_requests (tenant_id, id),
  FOREIGN KEY (tenant_id, objective_id) REFERENCES objectives (tenant_id, id)
);
CREATE INDEX learning_request_objectives_objective ON learning_request_objectives (tenant_id, objective_id);

CREATE TABLE learning_request_standards (
  tenant_id BLOB NOT NULL,
  learning_request_id BLOB NOT NULL,
  standard_id BLOB NOT NULL,
  position INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, learning_request_id, standard_id),
  FOREIGN KEY (tenant_id, learning_request_id) REFERENCES learning_requests (tenant_id, id),
  FOREIGN KEY (tenant_id, standard_id) REFERENCES standards (tenant_id, id)
);
CREATE INDEX learning_request_standards_standard ON learning_request_standards (tenant_id, standard_id);

CREATE TABLE learning_request_priorities (
  tenant_id BLOB NOT NULL,
  learning_request_id BLOB NOT NULL,
  priority_id BLOB NOT NULL,
  position INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, learning_request_id, priority_id),
  FOREIGN KEY (tenant_id, learning_request_id) REFERENCES learning_requests (tenant_id, id),
  FOREIGN KEY (tenant_id, priority_id) REFERENCES priorities (tenant_id, id)
);
CREATE INDEX learning_request_priorities_priority ON learning_request_priorities (tenant_id, priority_id);

CREATE TABLE learning_request_decisions (
  tenant_id BLOB NOT NULL,
  id BLOB NOT NULL,
  learning_request_id BLOB NOT NULL,
  step TEXT NOT NULL CHECK (step IN ('author', 'manager', 'approver')),
  decision TEXT NOT NULL,
  reason TEXT,
  decided_by BLOB NOT NULL,
  decided_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, learning_request_id) REFERENCES learning_requests (tenant_id, id),
  FOREIGN KEY (tenant_id, decided_by) REFERENCES people (tenant_id, id)
);
CREATE INDEX learning_request_decisions_request ON learning_request_decisions (tenant_id, learning_request_id, id);
CREATE INDEX learning_request_decisions_by ON learning_request_decisions (tenant_id, decided_by);

CREATE TABLE learning_request_comments (
  tenant_id BLOB NOT NULL,
  id BLOB NOT NULL,
  learning_request_id BLOB NOT NULL,
  author_id BLOB NOT NULL,
  text TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, learning_request_id) REFERENCES learning_requests (tenant_id, id),
  FOREIGN KEY (tenant_id, author_id) REFERENCES people (tenant_id, id)
);
CREATE INDEX learning_request_comments_request ON learning_request_comments (tenant_id, learning_request_id, id);
CREATE INDEX learning_request_comments_author ON learning_request_comments (tenant_id, author_id);

-- What moved on a line. Entries are only ever added; the request is forgotten with its owner, the money is not.
CREATE TABLE budget_entries (
  tenant_id BLOB NOT NULL,
  id BLOB NOT NULL,
  budget_line_id BLOB NOT NULL,
  learning_request_id BLOB,
  kind TEXT NOT NULL CHECK (kind IN ('commit', 'release', 'spend', 'refund')),
  amount_pence INTEGER NOT NULL CHECK (amount_pence > 0),
  made_by BLOB,
  made_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, budget_line_id) REFERENCES budget_lines (tenant_id, id),
  FOREIGN KEY (tenant_id, learning_request_id) REFERENCES learning_requests (tenant_id, id),
  FOREIGN KEY (tenant_id, made_by) REFERENCES people (tenant_id, id)
);
CREATE INDEX budget_entries_line ON budget_entries (tenant_id, budget_line_id, id);
CREATE INDEX budget_entries_request ON budget_entries (tenant_id, learning_request_id) WHERE learning_request_id IS NOT NULL;
CREATE INDEX budget_entries_by ON budget_entries (tenant_id, made_by) WHERE made_by IS NOT NULL;
