//! Who reads a conversation, and what was agreed in one: by its lane.

use super::super::{appraisal::appraised_by, prelude::*};
use trellis_domain::{
    access::{self as rules, Permission, Reach},
    agreed_action::AgreedAction,
    conversation::{Conversation, Lane, Reader},
    disclosure::{Reading, reading_of_talk},
    event::RecordType,
    id::{ConversationId, OrganisationId, PersonId},
};
use uuid::Uuid;

/// May the caller read what stands in this lane, of these two people, at this school, or was said or agreed in this conversation?
pub(crate) async fn may_read(
    cx: &mut Cx<'_>,
    lane: Lane,
    organisation: OrganisationId,
    (person, partner): (PersonId, PersonId),
    conversation: ConversationId,
) -> Result<bool> {
    let me = cx.caller.person();
    let reach = rules::reach(&cx.caller, Permission::ReadConversations).unwrap_or_default();
    let by_role = Reach { people: Vec::new(), ..reach };
    let by = Reader {
        took_part: me == Some(person) || me == Some(partner),
        appraises: cx.caller.appraises(person),
        role: access::covers(cx, &by_role, Some(organisation), None, None).await?,
    };
    if lane.readable(by) || !lane.read_by_appraisers() {
        return Ok(lane.readable(by));
    }
    Ok(lane.readable(Reader { appraises: appraises_in(cx, conversation).await?, ..by }))
}

/// Does the caller appraise today in the appraisal that this conversation belongs to?
pub(crate) async fn appraises_in(cx: &mut Cx<'_>, conversation: ConversationId) -> Result<bool> {
    let Some(me) = cx.caller.person() else { return Ok(false) };
    let found: i64 = conversations::table
        .find((cx.tenant(), Uid::from(conversation)))
        .filter(conversations::appraisal_id.assume_not_null().eq_any(appraised_by!(cx, me)))
        .count()
        .one(cx.conn())
        .await?;
    Ok(found > 0)
}

/// Keeps a list to what the caller may read: the same rule as [`may_read`], in SQL. The table says whose it is, of which school, with whom and in
/// which lane.
macro_rules! readable {
    (appraised_by $cx:expr, $me:expr) => {
        access::appraising!(
            appraisal_appraisers::table
                .filter(appraisal_appraisers::tenant_id.eq($cx.tenant()))
                .filter(appraisal_appraisers::person_id.eq_any(optional($me).into_iter().collect::<Vec<Uid>>())),
            $cx.act.today()
        )
        .select(appraisal_appraisers::appraisal_id)
    };
    (@ $query:expr, $cx:expr, $reach:expr, $table:ident, $appraises_in:expr) => {{
        use trellis_domain::conversation::Lane;
        let (query, reach) = ($query, $reach);
        let lanes = |keep: fn(Lane) -> bool| Lane::ALL.iter().filter(|l| keep(**l)).map(|l| l.as_str()).collect::<Vec<_>>();
        let me: Vec<Uid> = optional(reach.me).into_iter().collect();
        let took_part = $table::person_id.eq_any(me.clone()).or($table::partner_id.eq_any(me));
        let appraises = $table::person_id.eq_any(uids(&reach.people)).or($appraises_in);
        let appraises = $table::lane.eq_any(lanes(Lane::read_by_appraisers)).and(appraises);
        let by_role = $table::lane.eq_any(lanes(Lane::read_by_role));
        if reach.everywhere {
            query.filter(took_part.or(appraises).or(by_role))
        } else {
            let covered = organisation_paths::table
                .filter(organisation_paths::tenant_id.eq($cx.tenant()))
                .filter(organisation_paths::ancestor_id.eq_any(uids(&reach.organisations)))
                .select(organisation_paths::descendant_id);
            query.filter(took_part.or(appraises).or(by_role.and($table::organisation_id.eq_any(covered))))
        }
    }};
    ($query:expr, $cx:expr, $reach:expr, conversations) => {{
        let reach = $reach;
        let appraising = readable!(appraised_by $cx, reach.me);
        readable!(@ $query, $cx, reach, conversations, conversations::appraisal_id.assume_not_null().eq_any(appraising))
    }};
    ($query:expr, $cx:expr, $reach:expr, agreed_actions) => {{
        let reach = $reach;
        let appraising = readable!(appraised_by $cx, reach.me);
        let said = conversations::table
            .filter(conversations::tenant_id.eq($cx.tenant()))
            .filter(conversations::appraisal_id.assume_not_null().eq_any(appraising))
            .select(conversations::id);
        readable!(@ $query, $cx, reach, agreed_actions, agreed_actions::conversation_id.eq_any(said))
    }};
}
pub(crate) use readable;

/// What two people said or agreed, as far as it decides whether reading it is recorded.
pub(crate) struct Said {
    lane: Lane,
    between: (PersonId, PersonId),
    organisation: OrganisationId,
    record: (RecordType, Uuid),
}
impl Said {
    /// May this record be given out to this reader where no reading can be recorded? Their own, or one of another lane.
    pub(crate) fn freely_to(&self, reader: Option<PersonId>) -> bool {
        reader == Some(self.between.0) || !self.lane.readings_are_recorded()
    }
}
impl From<&Conversation> for Said {
    fn from(of: &Conversation) -> Self {
        let record = (RecordType::Conversation, of.id.0);
        Self { lane: of.lane, between: (of.person_id, of.partner_id), organisation: of.organisation_id, record }
    }
}
impl From<&AgreedAction> for Said {
    fn from(of: &AgreedAction) -> Self {
        let record = (RecordType::AgreedAction, of.id.0);
        Self { lane: of.lane, between: (of.person_id, of.partner_id), organisation: of.organisation_id, record }
    }
}

/// The readings that giving these out to the caller would be: with one statement more, if there are any.
pub(crate) async fn readings(cx: &mut Cx<'_>, given: impl IntoIterator<Item = Said>) -> Result<Vec<Reading>> {
    let me = cx.caller.person();
    let recorded: Vec<Said> = given.into_iter().filter(|said| !said.freely_to(me)).collect();
    if recorded.is_empty() {
        return Ok(Vec::new());
    }
    let mut schools: Vec<OrganisationId> = recorded.iter().map(|s| s.organisation).collect();
    schools.sort_unstable();
    schools.dedup();
    let parties = super::super::appraisal::parties_at(cx, &schools).await?;
    let reading = |Said { between, organisation, record: (kind, id), .. }: &Said| reading_of_talk(*between, *kind, *id, *parties.get(organisation)?);
    // who reads what is recorded does so in some capacity, or it is not there for them
    recorded.iter().map(|said| reading(said).ok_or(StoreError::Missing)).collect()
}
