//! Releasing local overrides: a decision of its own, which leaves its event.

use super::{employment, organisation, person, prelude::*};
use crate::{
    person::VisiblePerson,
    provenance::{ReleaseEmploymentFields, ReleaseOrganisationFields, ReleasePersonFields},
};
use trellis_domain::{employment::Employment, event::EventKind, organisation::Organisation};

impl Write<Here> for ReleasePersonFields {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<VisiblePerson>> {
        person::writable(tx, self.id).await?;
        let before = person::load(tx, self.id).await?;
        super::event::expect(tx, &before, self.expected).await?;
        let mut after = before.clone();
        after.provenance.release(&self.fields);
        let Some(after) = tx.next(&before, after) else { return person::seen(tx, before).await };
        person::save(tx, &before, &after).await?;
        let about = person::about_person(tx, after.id).await?;
        tx.event(EventKind::PersonUpdated, Some(&before), &after, about);
        person::seen(tx, after).await
    }
}

impl Write<Here> for ReleaseEmploymentFields {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<Employment>> {
        let before = employment::to_write(tx, self.id, self.expected).await?;
        let mut after = before.clone();
        after.provenance.release(&self.fields);
        let Some(after) = tx.next(&before, after) else { return employment::seen(tx, before).await };
        employment::save(tx, &before, &after).await?;
        tx.event(EventKind::EmploymentUpdated, Some(&before), &after, employment::about(&after));
        employment::seen(tx, after).await
    }
}

impl Write<Here> for ReleaseOrganisationFields {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<Organisation>> {
        let before = organisation::load(tx, self.id).await?;
        organisation::writable(tx, self.id).await?;
        super::event::expect(tx, &before, self.expected).await?;
        let mut after = before.clone();
        after.provenance.release(&self.fields);
        let after = organisation::save(tx, &before, after).await?.unwrap_or(before);
        organisation::seen(tx, after).await
    }
}
