//! The certificate of who came to a session, to keep and to show.

use crate::{
    document::{Block, Document, DocumentForm, day, fact, text, time, word},
    error::ApiError,
    extract::{Id, NoParams, Params},
    permitted::Permitted,
    routes::Routes,
};
use actix_web::{HttpResponse, get};
use trellis_domain::id::EnrolmentId;
use trellis_persistence::{
    activity::{Certificate, GetCertificate},
    transaction::needs::ReadEnrolments,
};

impl From<Certificate> for Document {
    fn from(Certificate { enrolment, name, school, activity, offered_by, session }: Certificate) -> Self {
        let (first, last) = (session.starts_at.date_naive(), session.ends_at.date_naive());
        let when = if first == last { day(first) } else { format!("{} to {}", day(first), day(last)) };
        let facts = [
            Some(fact("Name", &name)),
            Some(fact("School", school.as_str())),
            Some(fact("Came to", activity.title.as_str())),
            Some(fact("How", word(activity.kind.as_str()))),
            Some(fact("When", when)),
            session.place.as_ref().map(|place| fact("Where", place.as_str())),
            Some(fact("Time", time(session.counted_minutes(activity.minutes).into()))),
            activity.provider.as_ref().map(|provider| fact("Provided by", provider.as_str())),
            Some(fact("Offered by", offered_by.as_str())),
        ];
        let recorded = day(enrolment.updated_at.date_naive());
        Self {
            title: "Certificate of attendance".into(),
            about: name,
            blocks: vec![
                Block::Facts(facts.into_iter().flatten().collect()),
                text("It certifies that they came. What they learned, and what comes of it, is theirs to say."),
            ],
            notes: vec![format!("Recorded on {recorded} by whoever led the session. Enrolment {}.", enrolment.id)],
            made_at: enrolment.updated_at,
        }
    }
}

/// Print a certificate of attendance
///
/// That somebody came to a session, to keep and to show: a page of HTML, or with `Accept: application/pdf` a tagged PDF that says the same. Whoever may read the enrolment may read it. Who did not come has none.
#[utoipa::path(tag = "Catalogue", responses((status = 200, description = "The certificate", content((String = "text/html"), (String = "application/pdf")))), security(("bearer" = ["enrolments:read"])))]
#[get("/v1/enrolments/{id}/certificate")]
pub async fn get_certificate(
    permitted: Permitted<ReadEnrolments>,
    form: DocumentForm,
    _none: Params<NoParams>,
    id: Id<EnrolmentId>,
) -> Result<HttpResponse, ApiError> {
    Document::from(permitted.read(GetCertificate { id: id.0 }).await?).answer(form, None).await
}

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config.service(get_certificate);
}
