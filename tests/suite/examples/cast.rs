//! Who appears.

use crate::support::*;
use trellis_domain::{employment::StaffCategory, role::RoleName};

/// Who appears from the start.
pub struct Cast {
    pub trust: Trust,
    pub admin: Someone,
    pub hr: Someone,
    pub appraiser: Someone,
    pub teacher: Someone,
}

/// A headteacher, and the governors who appraise her.
pub struct Panel {
    pub head: Someone,
    pub chair: Someone,
    pub governor: Someone,
}

/// Who leads the trust, and who leads the school.
pub struct Leaders {
    pub leader: Someone,
    pub head: Someone,
}

impl Cast {
    pub async fn gathered(w: &World) -> Self {
        let trust = w.trust("beacon-hill").await;
        let admin = trust.someone(w).named("Siân", "Prosser").with(RoleName::TrustAdmin, trust.root).made().await;
        let hr = trust.someone(w).named("Katarzyna", "Wiśniewska").with(RoleName::Hr, trust.root).made().await;
        let appraiser = trust.someone(w).named("Niamh", "O'Rourke").at(trust.school).made().await;
        let teacher = trust.someone(w).named("Amina", "Okoro").at(trust.school).appraised_by(&appraiser).made().await;
        Self { trust, admin, hr, appraiser, teacher }
    }
    pub async fn panel(&self, w: &World) -> Panel {
        let trust = &self.trust;
        let head = trust.someone(w).named("Gwen", "Morris").at(trust.school).employed_as(StaffCategory::Headteacher).made().await;
        let chair = trust.someone(w).named("Ruth", "Adeyemi").with(RoleName::Governor, trust.school).made().await;
        let governor = trust.someone(w).named("Tomos", "Bevan").with(RoleName::Governor, trust.school).made().await;
        Panel { head, chair, governor }
    }
    pub async fn leaders(&self, w: &World) -> Leaders {
        let trust = &self.trust;
        let leader = trust.someone(w).named("Morwenna", "Teague").with(RoleName::TrustLeader, trust.root).made().await;
        let head = trust.someone(w).named("Gwilym", "Parry").at(trust.school).with(RoleName::Headteacher, trust.school).made().await;
        Leaders { leader, head }
    }
    /// As many of the school's teachers as figures are told of.
    pub async fn colleagues(&self, w: &World) -> Vec<Someone> {
        let Self { trust, appraiser, .. } = self;
        let mut out = Vec::new();
        for (given, family) in [("Bethan", "Lloyd"), ("Idris", "Khan"), ("Carys", "Bowen"), ("Samuel", "Oyelaran"), ("Mair", "Griffiths")] {
            out.push(trust.someone(w).named(given, family).at(trust.school).appraised_by(appraiser).made().await);
        }
        out
    }
    /// Who sees to the school's programme of learning.
    pub async fn coordinator(&self, w: &World) -> Someone {
        let trust = &self.trust;
        trust.someone(w).named("Eleri", "Vaughan").at(trust.school).with(RoleName::LearningLead, trust.school).made().await
    }
}
