//! The demo's evidence: a piece of each kind on a record that is shared, and one on a record that is private.

use super::{
    learning::Logged,
    objectives::Tellers,
    scene::{Span, say},
};
use sha2::{Digest, Sha256};
use trellis_domain::{
    evidence::{EvidenceContent, EvidenceFile, judge, label},
    id::EvidenceId,
    text::FileName,
};
use trellis_persistence::{
    StoreError,
    evidence::{AddEvidence, ExpectFile},
};

/// What the teacher counted, as their spreadsheet wrote it.
const TABLE: &str = "class,hinge question,wrong on first asking,wrong after the second explanation\r\n\
    9B,Which sentence has a comma splice?,17,4\r\n9B,What does the pronoun stand for?,12,9\r\n9B,Is this a fact or an opinion?,21,3\r\n";

impl Tellers<'_> {
    /// Somebody adds evidence to what they learned and share: what hangs on a wall, a page, and a table of their own.
    pub(super) async fn show_evidence(&self, logged: &[Logged], span: Span, part: (f64, f64)) -> Result<(), StoreError> {
        let Some(of) = logged.iter().find(|l| l.who == "s-eng-1") else { return Ok(()) };
        let principal = || self.crew.principal(of.who);
        let now = self.scene.calendar.moment(span, part.0);
        let new_id = || EvidenceId(self.scene.stage.ids.make(now));
        let called: FileName = say("hinge questions 9B.csv")?;
        let media_type = judge(None, Some(&called), TABLE.as_bytes())?;
        let kept = new_id();
        let expected = ExpectFile { id: kept, learning_record_id: of.id };
        self.scene.over(span, (part.0, part.0), vec![(principal()?, expected)]).await?;
        (self.scene.stage.keep)(self.scene.tenant, kept, TABLE.as_bytes()).map_err(|e| StoreError::Unavailable(format!("the demo's files: {e}")))?;
        let file =
            EvidenceFile { media_type, name: label(Some(&called), media_type)?, size: TABLE.len() as u64, sha256: Sha256::digest(TABLE.as_bytes()).into() };
        let pieces = [
            (kept, "Three hinge questions, before and after", EvidenceContent::File(file)),
            (new_id(), "The display on wrong answers", EvidenceContent::Reference(say("On the wall of E12, beside the door")?)),
            (new_id(), "Our department's bank of questions", EvidenceContent::Link(say("https://drive.tidewater.example/english/hinge-questions")?)),
        ];
        let add = |(id, title, content)| Ok((principal()?, AddEvidence { id, learning_record_id: of.id, title: say(title)?, content }));
        let writes = pieces.into_iter().map(add).collect::<Result<Vec<_>, StoreError>>()?;
        self.scene.over(span, part, writes).await?;
        Ok(())
    }
}
