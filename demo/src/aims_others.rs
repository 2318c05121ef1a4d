//! Aims that are no inquiries: what leaders, support colleagues and those with a statutory duty set out to do.

use super::{
    aims::{self, Aim, BLANK, US, lesson},
    aims_more,
};
use trellis_domain::{learning::LearningKind as K, objective::ObjectiveKind};

/// Projects, practice, operations and duties.
pub(super) const OTHERS: &[Aim] = &[
    Aim {
        key: "team",
        kind: ObjectiveKind::LeadershipProject,
        title: "A fortnightly hour in which the {subject} team learns together",
        description: "Replace half of the department's meetings by an hour with one question, one piece of evidence and one thing to try.",
        evidence: "The list of questions and what we tried; a short round at the end of each term.",
        support: "The calendar kept clear; a coach for the first three hours.",
        learning: "Facilitating professional dialogue.",
        criteria: &["Everybody has brought a question of their own.", "Something tried in one classroom has been taken up in another."],
        standards: &["TS8", "PD3"],
        lessons: &[
            lesson(
                K::Qualification,
                "NPQ in leading teacher development: seminars",
                (420, 30),
                "Estuary Teaching School Hub",
                "Sustained and specific. Our hour must come back to the same question three times.",
                &["PD4", "M14"],
            ),
            lesson(K::Mentoring, "Mentoring the second in department", (60, 1), US, "My agenda had six points, hers had one. We took hers.", &["TS8", "M7"]),
        ],
        ..BLANK
    },
    Aim {
        key: "coaching",
        kind: ObjectiveKind::LeadershipProject,
        title: "Coaching for everybody who wants it, by everybody who can",
        description: "Train twelve coaches from all departments, pair by question rather than by seniority, and keep coaching out of appraisal.",
        evidence: "How many ask for a coach, and how many go on after the first term; what they say helped. No notes of conversations.",
        support: "Cover for two hours per pair and half-term.",
        learning: "Instructional and dialogic coaching, and when to use which.",
        criteria: &["Colleagues in every department have a coach they chose.", "Coaches meet and learn from one another each half-term."],
        standards: &["TS8", "PD1", "PD5"],
        lessons: &[
            lesson(
                K::Conference,
                "Coaching in schools: national meeting",
                (330, 1),
                "Northshore Coaching Collective",
                "Keep it voluntary, keep it private, keep it small. All three cost something.",
                &["PD2", "M4"],
            ),
            lesson(K::Coaching, "Being coached as the lead of coaching", (60, 1), "", "I solve. My coach did not let me.", &["PD3", "M9"]),
        ],
        ..BLANK
    },
    Aim {
        key: "curriculum",
        kind: ObjectiveKind::LeadershipProject,
        title: "One thread of knowledge from {class} upwards in {subject}",
        description: "Choose one idea that matters in every year, agree what is taught when, and take out what gets in its way.",
        evidence: "The plans before and after; pupils from three years talking about the same idea.",
        support: "Two half-days for the subject leads of all three schools.",
        learning: "Curriculum as a narrative: sequence, return and release.",
        criteria: &["The thread is taught in every year as agreed.", "Pupils explain how this year's work rests on last year's."],
        standards: &["TS3", "TS8"],
        lessons: &[
            lesson(
                K::Reading,
                "Reading: sequence and return in curriculum design",
                (90, 6),
                "",
                "Taking out was harder than putting in, for each of us.",
                &["TS3", "M1"],
            ),
            lesson(
                K::LearningVisit,
                "Visit across the phases",
                (180, 1),
                US,
                "Year 6 knew more than we assume in Year 7. We have been starting again each September.",
                &["TS3", "M8"],
            ),
        ],
        ..BLANK
    },
    Aim {
        key: "school",
        kind: ObjectiveKind::LeadershipProject,
        title: "A school where every adult is learning something, and says so",
        description: "Professional learning first on every agenda, time for it in the calendar, and leaders who speak of what they are learning themselves.",
        evidence: "The calendar; the staff survey's two questions on learning; what colleagues who leave say.",
        support: "A peer headteacher from outside the trust, once each term.",
        learning: "Leading learning through trust and candour.",
        criteria: &["Learning has its time in the calendar and keeps it.", "Colleagues say that they are trusted to choose what they learn."],
        standards: &["HT6", "HT8"],
        lessons: &[
            lesson(K::Mentoring, "Peer headteacher visit", (240, 1), "", "She asked what I had stopped doing. I had no answer.", &["HT6", "M13"]),
            lesson(
                K::Qualification,
                "NPQ for executive leadership: a module on implementation",
                (480, 40),
                "Estuary Teaching School Hub",
                "Implementation is mostly preparation. I have been announcing.",
                &["HT8", "M12"],
            ),
        ],
        ..BLANK
    },
    Aim {
        key: "checks",
        kind: ObjectiveKind::Practice,
        title: "Check before moving on: {subject} with {class}",
        description: "One check of everybody's understanding at the point of the lesson where it would change what I do next.",
        evidence: "My plans, with the decision that followed each check.",
        support: "Mini-whiteboards; one visit by a colleague.",
        learning: "Questions that tell a misconception from a slip.",
        criteria: &["Lessons change course because of a check.", "Pupils expect to show what they think."],
        standards: &["TS6", "TS4"],
        lessons: &[
            lesson(
                K::Inset,
                "Training day: checking for understanding",
                (180, 1),
                US,
                "A check after which I would do the same anyway is not a check.",
                &["TS6", "M10"],
            ),
            lesson(K::Inquiry, "A week of written decisions", (50, 5), "", "On two days out of five the check changed the lesson.", &["TS6", "M13"]),
        ],
        ..BLANK
    },
    Aim {
        key: "alongside",
        kind: ObjectiveKind::Practice,
        title: "Standing back: helping pupils do it themselves in {class}",
        description: "Give the least help first: wait, prompt, clue, model, and only then correct.",
        evidence: "A note once a week of one moment when waiting was enough.",
        support: "Ten minutes with the class teacher before the lesson, to know what it is for.",
        learning: "Scaffolding for independence.",
        criteria: &["Pupils try first and ask later.", "The class teacher and I agree beforehand what help is for."],
        standards: &["SC1", "SC4"],
        lessons: &[
            lesson(
                K::Course,
                "Teaching assistants: scaffolding for independence",
                (150, 1),
                "Northshore SEND Network",
                "I sat too close. From one table away they start by themselves.",
                &["SC4", "M10"],
            ),
            lesson(
                K::Reading,
                "Guidance: making best use of teaching assistants",
                (45, 2),
                "Education Endowment Foundation",
                "The ladder of help is on my lanyard now.",
                &["SC4", "M11"],
            ),
        ],
        ..BLANK
    },
    Aim {
        key: "front",
        kind: ObjectiveKind::Operational,
        title: "{subject} that families and colleagues can rely on",
        description: "Write down how we do it, agree what can wait, and make the first answer the right one.",
        evidence: "The written steps; what comes back a second time.",
        support: "An hour a week without interruptions.",
        learning: "Writing procedures that people use.",
        criteria: &["A colleague can do it from the written steps.", "Families say that they know whom to ask."],
        standards: &["SC1", "SC2"],
        lessons: &[
            lesson(
                K::Collaboration,
                "Visit to the office of another school of the trust",
                (120, 1),
                US,
                "They have half our forms and twice our calm.",
                &["SC2", "M8"],
            ),
            lesson(
                K::Course,
                "Emergency first aid at work",
                (360, 1),
                "Saltmarsh First Aid Training",
                "Renewed. The practice on choking in small children was new to me.",
                &["SC3", "M10"],
            ),
        ],
        ..BLANK
    },
    Aim {
        key: "statutory",
        kind: ObjectiveKind::Statutory,
        title: "Complete the NPQ for SENCOs within three years of appointment",
        description: "Regulations ask a newly appointed SENCo to hold the qualification within three years. The assignment is our own provision map.",
        evidence: "The provider's confirmation; the provision map.",
        support: "Release for eight study days.",
        learning: "The qualification itself.",
        criteria: &["The qualification is completed in time.", "The provision map is used by class teachers."],
        standards: &["TS5", "TS8"],
        lessons: &[
            lesson(
                K::Qualification,
                "NPQ for SENCOs: first study days",
                (720, 14),
                "Estuary Teaching School Hub",
                "The strand on co-production with families changes how our reviews will start.",
                &["TS5", "PD4"],
            ),
            lesson(
                K::Collaboration,
                "Provision map: a first draft with heads of department",
                (90, 1),
                US,
                "Half of what we provide was written nowhere.",
                &["TS5", "M7"],
            ),
        ],
        ..BLANK
    },
];

/// The aim that the story calls so.
pub(super) fn aim(key: &str) -> Option<&'static Aim> {
    aims::INQUIRIES.iter().chain(aims_more::INQUIRIES).chain(OTHERS).find(|a| a.key == key)
}
