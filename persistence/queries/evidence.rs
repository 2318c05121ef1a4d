//! Evidence: read, added and removed with the right to its learning record, which alone says whose it is and who reads it.

use super::{learning, prelude::*};
use crate::evidence::{AddEvidence, ExpectFile, ForgetStrays, GetEvidence, LinkEvidence, Linked, ListEvidence, RemoveEvidence, StrayFiles};
use chrono::TimeDelta;
use diesel::{dsl::sql, pg::Pg, prelude::*, sql_types::BigInt, sqlite::Sqlite};
use serde_json::json;
use trellis_domain::{
    access::Caller,
    event::{Changes, EventKind},
    evidence::{Evidence, EvidenceAction, EvidenceContent, EvidenceFile, EvidenceKind, MediaType, room},
    id::{EvidenceId, LearningRecordId},
    learning::{LearningAction, LearningRecord},
    text::{FileName, Title, WebAddress, Whereabouts, Wire},
    time::micros,
};

/// Evidence never changes, so it has one version.
const VERSION: i64 = 1;
/// How long a file may take from its announcement to its evidence. After that its bytes are nobody's.
const ARRIVING: TimeDelta = TimeDelta::hours(1);
/// How many files are removed at a time.
const AT_ONCE: i64 = 100;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = evidence, check_for_backend(Sqlite, Pg), treat_none_as_default_value = false)]
struct Row {
    tenant_id: Uid,
    id: Uid,
    learning_record_id: Uid,
    kind: String,
    title: String,
    reference: Option<String>,
    url: Option<String>,
    media_type: Option<String>,
    file_name: Option<String>,
    size: Option<i64>,
    sha256: Option<Vec<u8>>,
    created_at: Moment,
}

impl Row {
    fn new(tenant_id: Uid, of: &Evidence) -> Self {
        let Evidence { id, learning_record_id, title, content, created_at } = of;
        let bare = Self {
            tenant_id,
            id: (*id).into(),
            learning_record_id: (*learning_record_id).into(),
            kind: content.kind().as_str().into(),
            title: title.as_str().into(),
            reference: None,
            url: None,
            media_type: None,
            file_name: None,
            size: None,
            sha256: None,
            created_at: (*created_at).into(),
        };
        match content {
            EvidenceContent::Reference(place) => Self { reference: Some(place.as_str().into()), ..bare },
            EvidenceContent::Link(address) => Self { url: Some(address.as_str().into()), ..bare },
            EvidenceContent::File(EvidenceFile { media_type, name, size, sha256 }) => Self {
                media_type: Some(media_type.as_str().into()),
                file_name: Some(name.as_str().into()),
                size: Some(size.cast_signed()),
                sha256: Some(sha256.to_vec()),
                ..bare
            },
        }
    }
    fn evidence(self) -> Result<Evidence> {
        let Self { tenant_id: _, id, learning_record_id, kind, title, reference, url, media_type, file_name, size, sha256, created_at } = self;
        fn there<T>(part: Option<T>) -> Result<T> {
            part.ok_or_else(|| corrupt("evidence without what its kind has"))
        }
        let content = match EvidenceKind::parse(&kind).map_err(corrupt)? {
            EvidenceKind::Reference => EvidenceContent::Reference(Whereabouts::parse(&there(reference)?).map_err(corrupt)?),
            EvidenceKind::Link => EvidenceContent::Link(WebAddress::parse(&there(url)?).map_err(corrupt)?),
            EvidenceKind::File => EvidenceContent::File(EvidenceFile {
                media_type: MediaType::parse(&there(media_type)?).map_err(corrupt)?,
                name: FileName::parse(&there(file_name)?).map_err(corrupt)?,
                size: there(size)?.cast_unsigned(),
                sha256: there(sha256)?.try_into().map_err(|_| corrupt("a digest of another length"))?,
            }),
        };
        let title = Title::parse(&title).map_err(corrupt)?;
        Ok(Evidence { id: id.to(), learning_record_id: learning_record_id.to(), title, content, created_at: created_at.0 })
    }
}

async fn load(cx: &mut Cx<'_>, id: EvidenceId) -> Result<Evidence> {
    let row: Row = evidence::table.find((cx.tenant(), Uid::from(id))).select(Row::as_select()).one(cx.conn()).await?;
    row.evidence()
}
/// The evidence with its record, if the caller may read that.
async fn in_sight(cx: &mut Cx<'_>, id: EvidenceId) -> Result<(Evidence, LearningRecord)> {
    let found = load(cx, id).await?;
    let record = learning::in_sight(cx, found.learning_record_id).await?;
    Ok((found, record))
}
fn seen(cx: &Cx<'_>, found: Evidence, record: &LearningRecord) -> Seen<Evidence> {
    let by = cx.caller.person();
    let can = EvidenceAction::ALL.iter().map(|action| (action.as_str(), action.on(record, by).err())).collect();
    Seen { record: found, can }
}

/// Tells of evidence on its record, of which nothing else changed: what it is called and where it lies is told to nobody.
fn tell(tx: &mut Tx<'_>, kind: EventKind, record: &LearningRecord, of: &Evidence) {
    let there = json!({"id": of.id, "kind": of.content.kind()});
    let (before, after) = if kind == EventKind::LearningRecordEvidenceAdded { (json!(null), there) } else { (there, json!(null)) };
    let changes = Changes { fields: vec!["evidence".into()], values: json!({"evidence": {"before": before, "after": after}}) };
    tx.happened(kind, record.id.into(), record.version, changes, record.about());
}

/// The record to which the caller adds so many bytes, if they may and there is room; nobody else adds to what is theirs until the end of the transaction.
async fn receiving(tx: &mut Tx<'_>, id: LearningRecordId, bytes: u64) -> Result<LearningRecord> {
    let record = learning::in_sight(tx, id).await?;
    record.can(LearningAction::AddEvidence, tx.caller.person())?;
    access::guard(tx, record.person_id).await?;
    let of_record: i64 =
        evidence::table.filter(evidence::tenant_id.eq(tx.tenant())).filter(evidence::learning_record_id.eq(Uid::from(id))).count().one(tx.conn()).await?;
    let of_person = evidence::tenant_id.eq(learning_records::tenant_id).and(evidence::learning_record_id.eq(learning_records::id));
    let kept: i64 = learning_records::table
        .inner_join(evidence::table.on(of_person))
        .filter(learning_records::tenant_id.eq(tx.tenant()))
        .filter(learning_records::person_id.eq(Uid::from(record.person_id)))
        .select(sql::<BigInt>("CAST(COALESCE(SUM(evidence.size), 0) AS BIGINT)"))
        .one(tx.conn())
        .await?;
    room((usize::try_from(of_record).unwrap_or(usize::MAX), kept.cast_unsigned()), bytes)?;
    Ok(record)
}

impl Read<Here> for ListEvidence {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Page<Evidence>> {
        learning::visible_row(cx, self.id).await?;
        let query = evidence::table
            .filter(evidence::tenant_id.eq(cx.tenant()))
            .filter(evidence::learning_record_id.eq(Uid::from(self.id)))
            .select(Row::as_select())
            .into_boxed::<Dialect>();
        let rows: Vec<Row> = page::windowed!(query, self.window, evidence).all(cx.conn()).await?;
        let page = Page::cut(rows, self.window.limit, |r| r.id.0);
        Ok(Page { items: page.items.into_iter().map(Row::evidence).collect::<Result<_>>()?, next: page.next })
    }
}

impl Write<Here> for ExpectFile {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        // whether there is room is found out with its evidence: a request that is sent again was counted already
        let record = learning::in_sight(tx, self.learning_record_id).await?;
        record.can(LearningAction::AddEvidence, tx.caller.person())?;
        let until = Moment::from(tx.act.wall + ARRIVING);
        stray(tx, &[self.id.into()], until).await
    }
}

impl Write<Here> for AddEvidence {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<Evidence>> {
        let Self { id, learning_record_id, title, content } = self.clone();
        let record = receiving(tx, learning_record_id, content.bytes()).await?;
        if content.kind() == EvidenceKind::File {
            // its bytes are somebody's from now on; if they came too late, they may be gone
            let expected = stray_files::table.find((tx.tenant(), Uid::from(id))).filter(stray_files::due_at.gt(Moment::from(tx.act.wall)));
            if diesel::delete(expected).done(tx.conn()).await? == 0 {
                return Err(StoreError::Busy);
            }
        }
        let added = Evidence { id, learning_record_id, title, content, created_at: micros(tx.act.now) };
        diesel::insert_into(evidence::table).values(Row::new(tx.tenant(), &added)).done(tx.conn()).await?;
        tell(tx, EventKind::LearningRecordEvidenceAdded, &record, &added);
        Ok(seen(tx, added, &record))
    }
}

impl Read<Here> for GetEvidence {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Fetched<Seen<Evidence>>> {
        let (found, record) = in_sight(cx, self.id).await?;
        if self.unless == Some(VERSION) {
            return Ok(Fetched::Unchanged(VERSION));
        }
        Ok(Fetched::Found(seen(cx, found, &record)))
    }
}

impl Read<Here> for LinkEvidence {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Linked> {
        let (evidence, _) = in_sight(cx, self.id).await?;
        let machine = match &cx.caller {
            Caller::Service { id, .. } => Some(*id),
            Caller::Person { .. } | Caller::Operator | Caller::Nobody => None,
        };
        Ok(Linked { evidence, machine })
    }
}

impl Write<Here> for RemoveEvidence {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        let (found, record) = in_sight(tx, self.id).await?;
        EvidenceAction::Remove.on(&record, tx.caller.person())?;
        if diesel::delete(evidence::table.find((tx.tenant(), Uid::from(self.id)))).done(tx.conn()).await? == 0 {
            return Err(StoreError::Missing);
        }
        if found.content.kind() == EvidenceKind::File {
            let now = Moment::from(tx.act.wall);
            stray(tx, &[self.id.into()], now).await?;
        }
        // an answer that was kept would show what is gone
        super::idempotency::forget(tx, [self.id.into()], super::idempotency::Told::Anybody).await?;
        tell(tx, EventKind::LearningRecordEvidenceRemoved, &record, &found);
        Ok(())
    }
}

/// The bytes of these files are nobody's from that time on.
async fn stray(tx: &mut Tx<'_>, ids: &[Uid], due_at: Moment) -> Result<()> {
    let tenant = tx.tenant();
    for part in ids.chunks(500) {
        let rows: Vec<_> = part.iter().map(|id| (stray_files::tenant_id.eq(tenant), stray_files::id.eq(*id), stray_files::due_at.eq(due_at))).collect();
        diesel::insert_into(stray_files::table).values(rows).done(tx.conn()).await?;
    }
    Ok(())
}

/// Evidence of these learning records is deleted with them; the bytes of its files are removed from the store after that.
pub(super) async fn discard_of(tx: &mut Tx<'_>, records: &[Uid]) -> Result<()> {
    let of = || evidence::table.filter(evidence::tenant_id.eq(tx.tenant())).filter(evidence::learning_record_id.eq_any(records.to_vec()));
    let (all, files) = (of(), of().filter(evidence::kind.eq(EvidenceKind::File.as_str())).select(evidence::id));
    let files: Vec<Uid> = files.all(tx.conn()).await?;
    let now = Moment::from(tx.act.wall);
    stray(tx, &files, now).await?;
    diesel::delete(all).done(tx.conn()).await?;
    Ok(())
}

impl Read<Here> for StrayFiles {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Vec<EvidenceId>> {
        let due = stray_files::table.filter(stray_files::tenant_id.eq(cx.tenant())).filter(stray_files::due_at.le(Moment::from(cx.act.wall)));
        let ids: Vec<Uid> = due.order(stray_files::due_at).select(stray_files::id).limit(AT_ONCE).all(cx.conn()).await?;
        Ok(ids.into_iter().map(Uid::to).collect())
    }
}
impl Write<Here> for ForgetStrays {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        let gone = stray_files::table.filter(stray_files::tenant_id.eq(tx.tenant())).filter(stray_files::id.eq_any(crate::column::uids(&self.ids)));
        diesel::delete(gone).done(tx.conn()).await?;
        Ok(())
    }
}

/// What `explain` judges by: the same as the operations above.
pub(super) async fn explain(cx: &mut Cx<'_>, id: EvidenceId, _: &Doing) -> Result<Can> {
    let (found, record) = in_sight(cx, id).await?;
    Ok(seen(cx, found, &record).can)
}
