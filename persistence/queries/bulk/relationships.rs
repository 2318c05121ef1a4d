//! Rows of a file of relationships: who is meant, what each does to what is there, judged as if the rows before it were there. In a trial nothing is
//! stored, so what earlier parts came to is gone through again.

use super::{
    super::{
        line_management::{Standing, begin, finish, judge, writable},
        prelude::*,
    },
    Doing, Row, clashed, refused,
};
use std::collections::{BTreeSet, HashMap};
use trellis_domain::{
    bulk::{Outcome, RowAction},
    event::RecordType,
    id::{JobId, OrganisationId, PersonId, RelationshipId},
    job::JobKind,
    line_management::{Imported, PersonName, Said, SchoolName, Step, one_at_a_time, place, tie_key},
    person::Trn,
    relationship::{Relationship, RelationshipKind},
    rule::{Code, Fault, Faults, RuleError},
    text::Wire,
    time::micros,
};

/// Who is named by what, as far as the caller may know.
#[derive(Default)]
struct Names {
    people: HashMap<PersonName, std::result::Result<PersonId, RuleError>>,
    schools: HashMap<SchoolName, Option<OrganisationId>>,
}

fn unknown(message: &str) -> RuleError {
    RuleError::at(Code::UnknownReference, "", message)
}

impl Names {
    async fn of(&mut self, tx: &mut Tx<'_>, name: &PersonName) -> Result<std::result::Result<PersonId, RuleError>> {
        if let Some(known) = self.people.get(name) {
            return Ok(known.clone());
        }
        let found = match self.found(tx, name).await? {
            None => Err(unknown("no such person")),
            Some(id) => match super::super::person::named(tx, id, "").await {
                Ok(()) => Ok(id),
                Err(StoreError::Rule(rule)) => Err(rule),
                Err(e) => return Err(e),
            },
        };
        self.people.insert(name.clone(), found.clone());
        Ok(found)
    }
    async fn found(&mut self, tx: &mut Tx<'_>, name: &PersonName) -> Result<Option<PersonId>> {
        Ok(match name {
            PersonName::Id(id) => Some(*id),
            PersonName::Reference(reference) => super::super::external_ref::find(tx, RecordType::Person, reference).await?.map(Uid::to),
            PersonName::Trn(trn) => super::super::person::by_trn(tx, trn).await?,
            PersonName::Code(school, code) => {
                let by_code = match self.school(tx, school).await? {
                    Some(at) => super::super::staff_code::owner(tx, at.into(), code.as_str()).await?.map(Uid::to),
                    None => return Ok(None),
                };
                match (by_code, Trn::parse(code.as_str())) {
                    (None, Ok(trn)) => super::super::person::by_trn(tx, &trn).await?,
                    (found, _) => found,
                }
            }
        })
    }
    async fn school(&mut self, tx: &mut Tx<'_>, name: &SchoolName) -> Result<Option<OrganisationId>> {
        if let Some(known) = self.schools.get(name) {
            return Ok(*known);
        }
        let found = match name {
            SchoolName::Id(id) => Some(*id),
            SchoolName::Urn(urn) => super::super::organisation::by_urn(tx, &[urn.as_str()]).await?.get(urn).map(|id| id.to()),
        };
        self.schools.insert(name.clone(), found);
        Ok(found)
    }
}

/// What rows of the file said before: the line, and what stands on it.
type Earlier = HashMap<(PersonId, RelationshipKind), Vec<(u64, Imported)>>;

/// What became of earlier rows about these people.
async fn earlier(cx: &mut Cx<'_>, job: JobId, people: &[PersonId]) -> Result<Vec<Outcome>> {
    let mut found: Vec<(i64, Json)> = Vec::new();
    let keys: Vec<Option<String>> = people.iter().flat_map(|person| RelationshipKind::ALL.iter().map(|kind| Some(tie_key(*person, *kind)))).collect();
    // SQLite binds at most 32,766 values in one statement
    for part in keys.chunks(10_000) {
        let rows: Vec<(i64, Json)> = job_results::table
            .filter(job_results::tenant_id.eq(cx.tenant()))
            .filter(job_results::job_id.eq(Uid::from(job)))
            .filter(job_results::key.eq_any(part))
            .select((job_results::row_index, job_results::result))
            .all(cx.conn())
            .await?;
        found.extend(rows);
    }
    found.sort_unstable_by_key(|(index, _)| *index);
    found.iter().map(|(_, result)| serde_json::from_str(&result.0).map_err(corrupt)).collect()
}

/// A part of the file, and what stands while its rows are gone through.
struct Import<'a> {
    doing: &'a Doing,
    standing: Standing,
    said: Earlier,
}

/// What a row came to: what was done, the relationship, and what of it is told.
struct Done {
    action: RowAction,
    id: Option<RelationshipId>,
    ended: Vec<RelationshipId>,
}

pub(super) async fn part(tx: &mut Tx<'_>, doing: &Doing, rows: &[Row<Option<Said>>]) -> Result<Vec<Outcome>> {
    // every line-management link of the tenant can be part of a circle
    if !doing.validate_only {
        let tenant = tx.tenant();
        access::guard(tx, tenant).await?;
    }
    let mut names = Names::default();
    // who is meant, before anything is judged
    let mut meant = Vec::with_capacity(rows.len());
    for row in rows {
        meant.push(match &row.intake.row {
            _ if doing.give_up => Err(clashed()),
            None => Err(row.intake.faults.clone()),
            Some(said) => {
                let (person, holder) = (names.of(tx, &said.person).await?, names.of(tx, &said.holder).await?);
                let mut faults = Faults::default();
                let both = (faults.check(person.map_err(|e| e.of("/person"))), faults.check(holder.map_err(|e| e.of("/holder"))));
                faults.settle().and(both.0.zip(both.1).ok_or_else(|| unknown("no such person"))).map(|both| (said, both)).map_err(|e| e.faults)
            }
        });
    }
    let people: BTreeSet<PersonId> = meant.iter().flatten().map(|(_, (person, _))| *person).collect();
    if !doing.validate_only {
        for person in &people {
            access::guard(tx, *person).await?;
        }
    }
    let spoken_of = people.iter().copied().chain(meant.iter().flatten().map(|(_, (_, holder))| *holder)).collect();
    let mut import = Import::load(tx, doing, spoken_of).await?;
    let mut outcomes = Vec::with_capacity(rows.len());
    for (row, meant) in rows.iter().zip(meant) {
        let refuse = |faults: Vec<Fault>| refused(JobKind::RelationshipsImport, row, None, faults, &[]);
        outcomes.push(match meant {
            Err(faults) => refuse(faults),
            Ok((said, (person_id, holder_id))) => {
                let Said { kind, period, replace, .. } = said.clone();
                let imported = Imported { kind, person_id, holder_id, period, replace, ended: Vec::new() };
                match import.row(tx, row.intake.line.unwrap_or_default(), &imported).await {
                    Ok(Done { action, id, ended }) => {
                        Outcome { id: id.map(|id| id.0), relationship: Some(Imported { ended, ..imported }), ..Outcome::of(row.index, row.intake.line, action) }
                    }
                    // a row that breaks a rule fails alone; anything else ends the part
                    Err(StoreError::Rule(RuleError { code, message, faults })) => {
                        let faults = if faults.is_empty() { vec![Fault::new("", code, message)] } else { faults };
                        Outcome { relationship: import.noted(&imported).then_some(imported), ..refuse(faults) }
                    }
                    Err(e) => return Err(e),
                }
            }
        });
    }
    Ok(outcomes)
}

impl<'a> Import<'a> {
    async fn load(tx: &mut Tx<'_>, doing: &'a Doing, people: BTreeSet<PersonId>) -> Result<Self> {
        let mut import = Self { doing, standing: Standing::default(), said: Earlier::new() };
        let mut people = people;
        loop {
            import.standing = Standing::load(tx, people.clone()).await?;
            import.said.clear();
            let known: Vec<PersonId> = import.standing.people().collect();
            for outcome in earlier(tx, doing.job, &known).await? {
                let Outcome { line, action, relationship: Some(said), .. } = outcome else { continue };
                if action != RowAction::Failed && doing.validate_only {
                    import.replay(tx, &said);
                }
                // a row that another row of the file contradicts is refused whether or not that one was taken
                import.said.entry((said.person_id, said.kind)).or_default().push((line.unwrap_or_default(), said));
            }
            // in a trial, whoever manages somebody by an earlier row stands nowhere but there
            let above = import.said.values().flatten().filter(|(_, s)| s.kind == RelationshipKind::LineManager).map(|(_, s)| s.holder_id);
            let missing: Vec<PersonId> = above.filter(|id| !known.contains(id)).collect();
            if !doing.validate_only || missing.is_empty() {
                return Ok(import);
            }
            people.extend(missing);
        }
    }
    /// Does it count as said, for the rows after it? Not what contradicts a row before it, nor what is not the caller's to say.
    fn noted(&self, said: &Imported) -> bool {
        self.said.get(&(said.person_id, said.kind)).is_some_and(|rows| rows.iter().any(|(_, noted)| noted == said))
    }
    /// The relationship that a row speaks of.
    fn tie(tx: &mut Tx<'_>, said: &Imported) -> Relationship {
        let now = micros(tx.act.now);
        let Imported { kind, person_id, holder_id, period, .. } = *said;
        Relationship { id: tx.new_id(), kind, person_id, holder_id, period, cadence: None, version: 1, created_at: now, updated_at: now }
    }
    /// What an earlier row of a trial would have done.
    fn replay(&mut self, tx: &mut Tx<'_>, said: &Imported) {
        let new = Relationship { version: 0, ..Self::tie(tx, said) };
        match place(&new, self.standing.of(said.person_id), said.replace) {
            Ok(Step::Nothing(_)) | Err(_) => {}
            Ok(Step::End(after)) => self.standing.put(&after),
            Ok(Step::Begin(ending)) => ending.iter().chain([&new]).for_each(|tie| self.standing.put(tie)),
        }
    }
    /// What one row does, judged as if those before it were there.
    async fn row(&mut self, tx: &mut Tx<'_>, line: u64, said: &Imported) -> Result<Done> {
        writable(tx, said.person_id).await?;
        let trial = self.doing.validate_only;
        let new = Self::tie(tx, said);
        let new = if trial { Relationship { version: 0, ..new } } else { new };
        let before = self.said.entry((said.person_id, said.kind)).or_default();
        let clash = before.iter().find(|(_, other)| {
            let same = other.holder_id == new.holder_id && other.period == new.period;
            let alone = other.holder_id == new.holder_id || one_at_a_time(new.kind);
            !same && alone && other.period.overlaps(&new.period)
        });
        if let Some((other, _)) = clash {
            return Err(RuleError::at(Code::Duplicate, "/starts_on", format!("line {other} says otherwise about some of these days")).into());
        }
        before.push((line, said.clone()));
        match place(&new, self.standing.of(said.person_id), said.replace)? {
            Step::Nothing(known) => Ok(Done { action: RowAction::Unchanged, id: (known.version > 0).then_some(known.id), ended: Vec::new() }),
            Step::End(after) => {
                let id = (after.version > 0).then_some(after.id);
                self.ends(tx, after).await?;
                Ok(Done { action: RowAction::Updated, id, ended: Vec::new() })
            }
            Step::Begin(ending) => {
                let says = |person: PersonId, manager: PersonId| {
                    let rows = self.said.get(&(person, RelationshipKind::LineManager)).into_iter().flatten();
                    rows.filter(|(_, said)| said.holder_id == manager).map(|(line, _)| *line).next_back()
                };
                judge(tx, &self.standing, &new, &ending, says).await?;
                // of a trial's own there is nothing to be found under an id
                let ended = ending.iter().filter(|r| r.version > 0).map(|r| r.id).collect();
                for after in ending {
                    self.ends(tx, after).await?;
                }
                if !trial {
                    begin(tx, &new).await?;
                }
                self.standing.put(&new);
                Ok(Done { action: RowAction::Created, id: (!trial).then_some(new.id), ended })
            }
        }
    }
    /// Gives a relationship its last day.
    async fn ends(&mut self, tx: &mut Tx<'_>, after: Relationship) -> Result<()> {
        let known = self.standing.of(after.person_id).iter().find(|r| r.id == after.id).cloned();
        let before = known.ok_or_else(|| corrupt("a relationship that ends is missing"))?;
        if self.doing.validate_only {
            self.standing.put(&after);
            return Ok(());
        }
        let Some(after) = tx.next(&before, after) else { return Ok(()) };
        finish(tx, &before, &after).await?;
        self.standing.put(&after);
        Ok(())
    }
}
