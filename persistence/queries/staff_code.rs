//! Staff codes: one person's at a school, through every employment there.

use super::prelude::*;
use trellis_domain::{
    employment::Employment,
    id::{OrganisationId, PersonId},
    rule::{Code, RuleError},
    text::StaffCode,
};

/// A staff code is one person's at a school: claims it, and gives up the one it replaces.
pub(super) async fn claim(tx: &mut Tx<'_>, before: Option<&Employment>, after: &Employment) -> Result<()> {
    if before.is_some_and(|b| b.staff_code == after.staff_code) {
        return Ok(());
    }
    if let Some(old) = before.and_then(|b| b.staff_code.as_ref()) {
        let others: i64 = employments::table
            .filter(employments::tenant_id.eq(tx.tenant()))
            .filter(employments::person_id.eq(Uid::from(after.person_id)))
            .filter(employments::organisation_id.eq(Uid::from(after.organisation_id)))
            .filter(employments::staff_code.eq(old.as_str()))
            .filter(employments::id.ne(Uid::from(after.id)))
            .count()
            .one(tx.conn())
            .await?;
        if others == 0 {
            diesel::delete(staff_codes::table.find((tx.tenant(), Uid::from(after.organisation_id), old.as_str()))).done(tx.conn()).await?;
        }
    }
    let Some(code) = &after.staff_code else { return Ok(()) };
    let key = (tx.tenant(), Uid::from(after.organisation_id), code.as_str());
    let holder: Option<Uid> = staff_codes::table.find(key).select(staff_codes::person_id).one(tx.conn()).await.optional()?;
    match holder {
        Some(holder) if holder == Uid::from(after.person_id) => Ok(()),
        Some(_) => Err(RuleError::at(Code::Duplicate, "/staff_code", "another person has this staff code at the school").into()),
        None => {
            let row = (
                staff_codes::tenant_id.eq(key.0),
                staff_codes::organisation_id.eq(key.1),
                staff_codes::staff_code.eq(key.2),
                staff_codes::person_id.eq(Uid::from(after.person_id)),
            );
            diesel::insert_into(staff_codes::table).values(row).done(tx.conn()).await?;
            Ok(())
        }
    }
}

/// Claims the staff codes of new employments of people who do not have them yet.
pub(super) async fn claim_new(tx: &mut Tx<'_>, new: &[(OrganisationId, StaffCode, PersonId)]) -> Result<()> {
    let tenant = tx.tenant();
    for part in new.chunks(500) {
        let rows: Vec<_> = part
            .iter()
            .map(|(at, code, person)| {
                (
                    staff_codes::tenant_id.eq(tenant),
                    staff_codes::organisation_id.eq(Uid::from(*at)),
                    staff_codes::staff_code.eq(code.as_str()),
                    staff_codes::person_id.eq(Uid::from(*person)),
                )
            })
            .collect();
        diesel::insert_into(staff_codes::table).values(rows).done(tx.conn()).await?;
    }
    Ok(())
}

/// All staff codes of the one become the other's; answers which.
pub(super) async fn give(tx: &mut Tx<'_>, from: PersonId, to: PersonId) -> Result<Vec<(uuid::Uuid, String)>> {
    let tenant = tx.tenant();
    let own = || staff_codes::table.filter(staff_codes::tenant_id.eq(tenant)).filter(staff_codes::person_id.eq(Uid::from(from)));
    let codes: Vec<(Uid, String)> = own().select((staff_codes::organisation_id, staff_codes::staff_code)).all(tx.conn()).await?;
    diesel::update(own()).set(staff_codes::person_id.eq(Uid::from(to))).done(tx.conn()).await?;
    Ok(codes.into_iter().map(|(at, code)| (at.0, code)).collect())
}
/// Staff codes go back to whom they came from, also those that nobody has any more.
pub(super) async fn give_back(tx: &mut Tx<'_>, to: PersonId, codes: &[(uuid::Uuid, String)]) -> Result<()> {
    for (at, code) in codes {
        diesel::delete(staff_codes::table.find((tx.tenant(), Uid(*at), code))).done(tx.conn()).await?;
        let row = (
            staff_codes::tenant_id.eq(tx.tenant()),
            staff_codes::organisation_id.eq(Uid(*at)),
            staff_codes::staff_code.eq(code),
            staff_codes::person_id.eq(Uid::from(to)),
        );
        diesel::insert_into(staff_codes::table).values(row).done(tx.conn()).await?;
    }
    Ok(())
}
/// Whose a staff code is at a school.
pub(super) async fn owner(cx: &mut Cx<'_>, at: Uid, code: &str) -> Result<Option<Uid>> {
    Ok(staff_codes::table.find((cx.tenant(), at, code)).select(staff_codes::person_id).one(cx.conn()).await.optional()?)
}
