//! Who sets out to find out or achieve what, in which cycle, and how far they get.

use Path as P;

/// How far an objective gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Path {
    /// Private to the appraisee.
    Draft,
    /// Private to the appraiser.
    AppraisersDraft,
    /// Proposed by the appraisee.
    Proposed,
    /// Proposed by the appraiser.
    Offered,
    /// Proposed by the appraisee, reworded by the appraiser, who now waits for the appraisee.
    Reworded,
    /// Agreed, not yet begun.
    Agreed,
    /// Proposed by the appraiser, agreed by the appraisee and begun.
    Accepted,
    /// Set in spite of dissent.
    Dissent,
    /// Set in spite of dissent, and begun.
    DissentBegun,
    /// Begun.
    Active,
    /// Resting.
    Paused,
    /// Rested, and taken up again.
    Resumed,
    /// Being revised: awaiting agreement again.
    Revising,
    /// Revised, agreed again and taken up.
    Revised,
    /// Written up and talked through.
    Reviewed,
    /// Written up, talked through and closed.
    Closed,
    /// Talked through, without a write-up.
    TalkedThrough,
    /// Talked through and closed, without a write-up.
    Done,
    /// Taken back by the appraisee while it was a proposal.
    Withdrawn,
    /// Taken back by the appraiser while it was being worked on.
    CalledOff,
}

impl Path {
    /// Is there learning to speak of?
    pub(super) const fn begun(self) -> bool {
        !matches!(self, P::Draft | P::AppraisersDraft | P::Proposed | P::Offered | P::Reworded | P::Agreed | P::Dissent | P::Withdrawn)
    }
}

/// One person's aim: who, which aim, with which class, in which subject, how far.
pub(super) type Part = (&'static str, &'static str, &'static str, &'static str, Path);

/// Last year's cycle: everything came to an end.
pub(super) const LAST: &[Part] = &[
    ("s-eng-1", "feedback", "Year 9", "English", P::Closed),
    ("s-eng-2", "modelling", "Year 11", "essay writing", P::Closed),
    ("s-mat-2", "checks", "Year 8", "mathematics", P::Done),
    ("s-sci-1", "questioning", "Year 10", "biology", P::Closed),
    ("s-hum-1", "retrieval", "Year 9", "history", P::Closed),
    ("s-hoy-1", "routines", "Year 7", "tutor time", P::Withdrawn),
    ("s-dht-1", "curriculum", "Year 7", "reading", P::Done),
    ("z-2", "oracy", "Year 8", "Spanish", P::Closed),
    ("z-3", "early-reading", "Year 1", "reading", P::CalledOff),
    ("c-y4", "oracy", "Year 4", "writing", P::Closed),
    ("c-y6", "worked", "Year 6", "mathematics", P::Closed),
    ("c-ey", "play", "Nursery", "language", P::Closed),
    ("e-y2", "early-reading", "Year 2", "reading", P::Closed),
    ("e-ks2", "team", "Key Stage 2", "Key Stage 2", P::Done),
];

/// This year's main cycle.
pub(super) const MAIN: &[Part] = &[
    ("s-eng-1", "retrieval", "Year 8", "poetry", P::Active),
    ("s-eng-1", "modelling", "Year 10", "essay writing", P::Offered),
    ("s-eng-1", "oracy", "Year 9", "English", P::Draft),
    ("s-eng", "team", "Year 7", "English", P::Active),
    ("s-eng", "questioning", "Year 11", "English", P::Proposed),
    ("s-eng-2", "vocabulary", "Year 9", "English", P::Active),
    ("s-eng-3", "oracy", "Year 7", "English", P::Agreed),
    ("s-eng-4", "feedback", "Year 10", "English", P::Paused),
    ("s-mat", "curriculum", "Year 7", "proportional reasoning", P::Active),
    ("s-mat-1", "worked", "Year 8", "mathematics", P::Reviewed),
    ("s-mat-2", "questioning", "Year 9", "mathematics", P::Active),
    ("s-mat-3", "retrieval", "Year 10", "mathematics", P::Dissent),
    ("s-mat-4", "adaptive", "Year 7", "mathematics", P::Revised),
    ("s-sci", "team", "Year 9", "science", P::Accepted),
    ("s-sci-1", "practicals", "Year 9", "biology", P::Active),
    ("s-sci-2", "retrieval", "Year 11", "chemistry", P::Resumed),
    ("s-sci-3", "vocabulary", "Year 8", "physics", P::Reworded),
    ("s-sci-4", "questioning", "Year 10", "science", P::Withdrawn),
    ("s-sci-5", "metacognition", "Year 12", "biology", P::Active),
    ("s-hum", "curriculum", "Year 7", "chronology", P::Agreed),
    ("s-hum-1", "modelling", "Year 10", "historical argument", P::Closed),
    ("s-hum-2", "feedback", "Year 8", "geography", P::Active),
    ("s-hum-3", "oracy", "Year 9", "religious education", P::Active),
    ("s-mfl", "team", "Year 8", "languages", P::Proposed),
    ("s-mfl-1", "feedback", "Year 8", "Spanish", P::Reviewed),
    ("s-mfl-2", "languages", "Year 7", "French", P::Active),
    ("s-art", "checks", "Year 9", "the arts", P::AppraisersDraft),
    ("s-art-1", "modelling", "Year 9", "drawing", P::Active),
    ("s-art-2", "retrieval", "Year 8", "music", P::Draft),
    ("s-art-3", "belonging", "Year 9", "drama", P::Proposed),
    ("s-pe", "belonging", "Year 10", "physical education", P::Active),
    ("s-pe-1", "questioning", "Year 7", "physical education", P::DissentBegun),
    ("s-pe-2", "routines", "Year 8", "physical education", P::Offered),
    ("s-hoy-1", "routines", "Year 7", "tutor time", P::Active),
    ("s-hoy-2", "belonging", "Year 9", "tutor time", P::Agreed),
    ("s-hoy-3", "metacognition", "Year 11", "revision", P::Revising),
    ("s-send", "statutory", "", "", P::Active),
    ("s-send", "adaptive", "Year 8", "all subjects", P::Proposed),
    ("s-aht-1", "coaching", "", "", P::Active),
    ("s-aht-2", "metacognition", "Year 13", "independent study", P::Active),
    ("s-dht-1", "curriculum", "Year 7", "reading", P::Agreed),
    ("s-dht-2", "belonging", "Year 11", "the school day", P::Active),
    ("t-pl", "coaching", "", "", P::CalledOff),
    ("t-edu", "curriculum", "Year 6", "mathematics", P::Active),
    ("c-y4", "vocabulary", "Year 4", "science", P::Active),
    ("c-y4", "adaptive", "Year 4", "writing", P::Offered),
    ("c-dht", "coaching", "", "", P::Agreed),
    ("c-send", "adaptive", "Year 3", "reading", P::Active),
    ("c-ey", "play", "Reception", "language", P::Active),
    ("c-ks1", "early-reading", "Year 2", "reading", P::Active),
    ("c-ks2", "curriculum", "Year 3", "fractions", P::Accepted),
    ("c-r", "play", "Reception", "language", P::Resumed),
    ("c-y2", "early-reading", "Year 2", "reading", P::Revised),
    ("c-y3", "oracy", "Year 3", "writing", P::Proposed),
    ("c-y3b", "checks", "Year 3", "mathematics", P::Agreed),
    ("c-y5", "adaptive", "Year 5", "mathematics", P::Active),
    ("c-y6", "modelling", "Year 6", "writing", P::Paused),
    ("c-ppa", "retrieval", "Year 5", "music", P::Draft),
    ("e-dht", "team", "Year 5", "Key Stage 2", P::Active),
    ("e-send", "adaptive", "Year 4", "writing", P::Proposed),
    ("e-ey", "play", "Reception", "language", P::Active),
    ("e-ks1", "early-reading", "Year 1", "reading", P::Reviewed),
    ("e-ks2", "questioning", "Year 6", "mathematics", P::Active),
    ("e-y2", "oracy", "Year 2", "writing", P::Active),
    ("e-y3", "worked", "Year 3", "mathematics", P::Active),
    ("e-y4", "vocabulary", "Year 4", "history", P::Agreed),
    ("e-y5", "feedback", "Year 5", "writing", P::Revising),
];

/// This year's headteachers' cycle.
pub(super) const HEADS: &[Part] =
    &[("s-head", "school", "", "", P::Active), ("c-head", "school", "", "", P::Agreed), ("e-head", "school", "", "", P::Proposed)];

/// Estuary Lane's support colleagues, whose reviews are on.
pub(super) const REVIEWING: &[Part] = &[
    ("e-ta-1", "alongside", "Year 4", "writing", P::Active),
    ("e-ta-2", "alongside", "Year 6", "mathematics", P::TalkedThrough),
    ("e-off", "front", "", "An office", P::Active),
];

/// Curlew's support colleagues: one objective still stands in the way of closing.
pub(super) const CLOSING: &[Part] = &[
    ("c-ta-1", "alongside", "Year 3", "reading", P::Done),
    ("c-ta-3", "play", "Nursery", "language", P::Closed),
    ("c-hlta", "alongside", "Year 5", "mathematics", P::TalkedThrough),
    ("c-off", "front", "", "An office", P::Done),
];

/// Support colleagues of The Saltings, whose planning has just opened.
pub(super) const PLANNING: &[Part] = &[
    ("s-ta-1", "alongside", "Year 8", "English", P::Proposed),
    ("s-ta-2", "alongside", "Year 9", "science", P::Draft),
    ("s-ta-3", "alongside", "Year 7", "mathematics", P::Agreed),
    ("s-lib", "front", "", "A library", P::Proposed),
    ("s-adm", "front", "", "Examination days", P::Offered),
    ("s-off", "front", "", "A reception", P::Draft),
];

/// Everybody with an aim in any cycle.
pub(super) fn everybody() -> impl Iterator<Item = &'static str> {
    [LAST, MAIN, HEADS, REVIEWING, CLOSING, PLANNING].into_iter().flatten().map(|part| part.0)
}
