//! Who reads a conversation, and what was agreed in one: by its lane.

use super::super::prelude::*;
use trellis_domain::{
    access::{self as rules, Permission, Reach},
    conversation::{Lane, Reader},
    id::{OrganisationId, PersonId},
};

/// May the caller read what stands in this lane, of these two people, at this school?
pub(crate) async fn may_read(cx: &mut Cx<'_>, lane: Lane, organisation: OrganisationId, (person, partner): (PersonId, PersonId)) -> Result<bool> {
    let me = cx.caller.person();
    let reach = rules::reach(&cx.caller, Permission::ReadConversations).unwrap_or_default();
    let by_role = Reach { people: Vec::new(), ..reach };
    let by = Reader {
        took_part: me == Some(person) || me == Some(partner),
        appraises: cx.caller.appraises(person),
        role: access::covers(cx, &by_role, Some(organisation), None, None).await?,
    };
    Ok(lane.readable(by))
}

/// Keeps a list to what the caller may read: the same rule as [`may_read`], in SQL. The table says whose it is, of which school, with whom and in
/// which lane.
macro_rules! readable {
    ($query:expr, $cx:expr, $reach:expr, $table:ident) => {{
        use trellis_domain::conversation::Lane;
        let (query, reach) = ($query, $reach);
        let lanes = |keep: fn(Lane) -> bool| Lane::ALL.iter().filter(|l| keep(**l)).map(|l| l.as_str()).collect::<Vec<_>>();
        let me: Vec<Uid> = optional(reach.me).into_iter().collect();
        let took_part = $table::person_id.eq_any(me.clone()).or($table::partner_id.eq_any(me));
        let appraises = $table::lane.eq_any(lanes(Lane::read_by_appraisers)).and($table::person_id.eq_any(uids(&reach.people)));
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
}
pub(crate) use readable;
