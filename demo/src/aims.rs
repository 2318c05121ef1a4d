//! What the demo's people want to find out: growth inquiries, with the learning that goes with them. `{class}` and `{subject}` are filled in.

use trellis_domain::{learning::LearningKind as K, objective::ObjectiveKind};

/// An aim that several people can have, each with a class and a subject of their own.
pub(super) struct Aim {
    /// How the story calls it.
    pub key: &'static str,
    /// What kind of objective it becomes.
    pub kind: ObjectiveKind,
    /// In one line.
    pub title: &'static str,
    /// In full.
    pub description: &'static str,
    /// An inquiry's question.
    pub question: &'static str,
    /// An inquiry's current practice.
    pub practice: &'static str,
    /// What an inquiry changes.
    pub change: &'static str,
    /// What was seen, for the write-up.
    pub seen: &'static str,
    /// What was learned, for the write-up.
    pub found: &'static str,
    /// Where evidence comes from, out of daily practice.
    pub evidence: &'static str,
    /// What support is needed.
    pub support: &'static str,
    /// What learning is needed.
    pub learning: &'static str,
    /// How one will know.
    pub criteria: &'static [&'static str],
    /// Codes of the standards it speaks to.
    pub standards: &'static [&'static str],
    /// What was learned on the way.
    pub lessons: &'static [Lesson],
}

/// Something learned.
pub(super) struct Lesson {
    /// How.
    pub kind: K,
    /// What it was.
    pub title: &'static str,
    /// How long it took.
    pub minutes: i32,
    /// Over how many days.
    pub days: u64,
    /// Who provided it; empty if nobody did.
    pub provider: &'static str,
    /// What its owner makes of it.
    pub reflection: &'static str,
    /// Codes of standards and mechanisms it speaks to.
    pub codes: &'static [&'static str],
}

/// The trust as a provider.
pub(super) const US: &str = "Tidewater Learning Trust";

pub(super) const fn lesson(
    kind: K,
    title: &'static str,
    (minutes, days): (i32, u64),
    provider: &'static str,
    reflection: &'static str,
    codes: &'static [&'static str],
) -> Lesson {
    Lesson { kind, title, minutes, days, provider, reflection, codes }
}

/// An inquiry of which nothing is written yet.
pub(super) const BLANK: Aim = Aim {
    key: "",
    kind: ObjectiveKind::GrowthInquiry,
    title: "",
    description: "",
    question: "",
    practice: "",
    change: "",
    seen: "",
    found: "",
    evidence: "",
    support: "",
    learning: "",
    criteria: &[],
    standards: &[],
    lessons: &[],
};

/// Growth inquiries: questions about one's own practice.
pub(super) const INQUIRIES: &[Aim] = &[
    Aim {
        key: "retrieval",
        title: "Does spaced retrieval help {class} remember {subject} for longer?",
        description: "My classes can do a thing in the lesson and have lost it by the next half-term. I want to find out what spacing changes.",
        question: "If {class} retrieve what they learned one week, one month and one term ago, what do they still know when they need it?",
        practice: "A starter quiz, nearly always on the lesson before. I mark it, we move on, and nothing older comes back until revision.",
        change: "Four questions at the start of two lessons a week: one from last week, two from last month, one from last term. No marks taken in.",
        seen: "Answers to last month's questions went from mostly blank to mostly attempted. Two pupils still copied; sitting them apart helped.",
        found: "Spacing mattered more than the number of questions. The questions that worked asked for a reason, not a word.",
        evidence: "Quiz slips of six pupils, kept for a term; a colleague listens in once each half-term. Nothing is collected that we would not use anyway.",
        support: "One planning hour with a colleague from the retrieval network to agree which knowledge is worth bringing back.",
        learning: "How spacing and interleaving work, and how to write questions that ask for more than a definition.",
        criteria: &[
            "Pupils explain ideas from earlier in the year without prompts, in lessons and in their books.",
            "I can say which ideas needed re-teaching, and when I did it.",
            "My quiz questions are shared with the team and used by at least one colleague.",
        ],
        standards: &["TS2", "TS6"],
        lessons: &[
            lesson(
                K::Reading,
                "Reading: retrieval and spacing, three short papers",
                (90, 5),
                "",
                "I had taken re-reading for learning. The papers are clear that the effort of recalling is the point, so low stakes matter.",
                &["TS2", "M2"],
            ),
            lesson(
                K::LearningVisit,
                "Visit to a colleague's lesson: questions from last term",
                (60, 1),
                US,
                "The questions were few and the waiting was long. Nobody wrote the answers on the board until everybody had tried.",
                &["TS6", "M8"],
            ),
        ],
        ..BLANK
    },
    Aim {
        key: "questioning",
        title: "Who does the thinking when I ask a question in {class}?",
        description: "A few pupils carry my discussions. I want every pupil to have thought before anybody answers.",
        question: "What happens to the quality of answers in {class} {subject} if I ask, wait, and only then choose who speaks?",
        practice: "I take hands up, and the same five pupils answer. If an answer is thin I finish it myself.",
        change: "Question first, ten seconds of silence, then a name. Thin answers are handed on to be built upon, not repaired by me.",
        seen: "More pupils speak in sentences. Silence was uncomfortable for three weeks, then it became ordinary.",
        found: "Waiting only works when the question deserves it. I now plan two questions a lesson and leave the rest to chance.",
        evidence: "A tally kept by a pupil of who speaks, once a fortnight; notes of two learning visits.",
        support: "A coach in one lesson each half-term, looking at questions and nothing else.",
        learning: "Planning questions that make thinking visible; keeping the ratio of thinking high without raising anxiety.",
        criteria: &["Every pupil has answered a planned question within a fortnight.", "Answers are longer, and pupils refer to one another's."],
        standards: &["TS1", "TS4", "TS6"],
        lessons: &[
            lesson(
                K::Coaching,
                "Coaching: planning two questions that matter",
                (45, 1),
                US,
                "We threw away eleven of my thirteen questions. The two that were left took the whole lesson, and it was the better lesson.",
                &["TS4", "M9"],
            ),
            lesson(
                K::Collaboration,
                "Department time: rehearsing questions aloud",
                (60, 1),
                US,
                "Rehearsing felt silly for a minute and then useful: I heard that my question gave the answer away.",
                &["TS6", "M10"],
            ),
        ],
        ..BLANK
    },
    Aim {
        key: "oracy",
        title: "Talk before writing: does rehearsed talk change what {class} write?",
        description: "Pupils in {class} say more than they write. I want talk to do some of the work of drafting.",
        question: "If {class} rehearse an argument aloud, with agreed roles, what changes in the {subject} they then write?",
        practice: "Talk partners, two minutes, no roles; then silence and writing. Some pupils have nothing to write yet.",
        change: "Three roles (builder, challenger, summariser), sentence openings on the desk, and a spoken draft before every long piece.",
        seen: "Openings are stronger and connectives are used with care. The quietest pupils needed the roles most and complained of them least.",
        found: "Talk improved reasons more than it improved spelling or length, which is what I had hoped for.",
        evidence: "The first paragraphs of eight pupils before and after; a recording of one discussion each half-term, played back to the class.",
        support: "A place in the trust's oracy network.",
        learning: "How to teach the roles of discussion, and how to assess talk without grading the talker.",
        criteria: &[
            "Pupils use the discussion roles without reminders.",
            "Written openings state a position and give a reason.",
            "Pupils who seldom spoke now choose to.",
        ],
        standards: &["TS3", "TS4"],
        lessons: &[
            lesson(
                K::Conference,
                "Oracy network: a day together",
                (180, 1),
                US,
                "What I took away: teach the roles in a lesson that is easy for other reasons.",
                &["TS3", "M7"],
            ),
            lesson(
                K::LearningVisit,
                "Visit: how another class holds a discussion",
                (120, 1),
                US,
                "They summarised one another better than mine do. They had been taught how; mine had been told to.",
                &["TS1", "M8"],
            ),
        ],
        ..BLANK
    },
    Aim {
        key: "adaptive",
        title: "Scaffolds that fade: adapting {subject} for pupils with SEND in {class}",
        description: "I want scaffolds that are there for everybody and can be taken away, instead of separate worksheets for some.",
        question: "Which scaffolds can I remove by the end of a half-term, and what do pupils with SEND in {class} then do unaided?",
        practice: "Three versions of the worksheet. The simplest one seldom reaches the idea of the lesson.",
        change: "One task for all, with a worked example, a word bank and a partly finished answer, each with a date on which it goes.",
        seen: "Word banks went first and were not missed. Partly finished answers were kept for two pupils with their agreement.",
        found: "Deciding the end of a scaffold when making it changed what I made. The class speaks of 'doing without', with some pride.",
        evidence: "Work of four pupils through one unit; short talks with them and their families at the usual meetings.",
        support: "An hour with the SENCo at the start of each unit.",
        learning: "The graduated approach in lessons; how speech, language and communication needs show in {subject}.",
        criteria: &["Every pupil in {class} meets the idea of the lesson, whatever the scaffold.", "Scaffolds are removed on purpose and the pupils know why."],
        standards: &["TS5", "TS2"],
        lessons: &[
            lesson(
                K::Course,
                "Adaptive teaching: one curriculum, many ways in",
                (240, 12),
                "Northshore SEND Network",
                "The course was firm about not lowering the ceiling. I have stopped naming tasks by difficulty.",
                &["TS5", "M1"],
            ),
            lesson(
                K::Collaboration,
                "Unit planning with the SENCo",
                (60, 1),
                US,
                "Starting from two pupils we both know made it concrete. The plan is better for the other twenty-eight too.",
                &["TS5", "M7"],
            ),
        ],
        ..BLANK
    },
    Aim {
        key: "early-reading",
        title: "Keeping up, not catching up: daily phonics practice in {class}",
        description: "Children who fall behind in phonics are taken out later for longer. I want to find them within the week.",
        question: "If we spot a shaky sound on the day and practise it the same afternoon, how many children in {class} still need more?",
        practice: "Half-termly assessment decides who has extra phonics. By then the gap is six weeks wide.",
        change: "Three minutes after each phonics lesson to note who hesitated; the same sound again that afternoon, in a group of three.",
        seen: "Most hesitations were gone within two days. Three children hesitated for another reason: they could not hear the difference.",
        found: "The note matters more than the group: it made us listen. Hearing was checked for three children, and helped two.",
        evidence: "The note sheet itself; listening to six children read on Fridays.",
        support: "A teaching assistant for fifteen minutes each afternoon.",
        learning: "Hearing the difference between a sound not known and a sound not heard.",
        criteria: &["No child waits more than two days for practice of a sound.", "Children choose to read the words they once avoided."],
        standards: &["TS3", "TS5", "TS6"],
        lessons: &[
            lesson(
                K::Course,
                "Phonics: listening for hesitation",
                (120, 1),
                "Estuary Teaching School Hub",
                "I had been listening for wrong answers. Hesitation comes a week earlier.",
                &["TS3", "M10"],
            ),
            lesson(
                K::Reading,
                "Guidance: improving literacy in Key Stage 1",
                (75, 3),
                "Education Endowment Foundation",
                "The part on fluency is the one to come back to once the sounds are secure.",
                &["TS3", "M2"],
            ),
        ],
        ..BLANK
    },
    Aim {
        key: "routines",
        title: "The first four minutes: an entry routine for {class}",
        description: "Lessons with {class} start late and low-level disruption starts early. I want calm to be taught, not demanded.",
        question: "If I teach the entry routine as I would teach content, and practise it, what happens to the start of lessons in {class}?",
        practice: "I greet pupils, repeat the rules, and wait. Some days it takes eight minutes before anybody writes.",
        change: "One routine, taught in steps, practised daily for two weeks, with the first task already on the desk and praise that names the step.",
        seen: "Work starts within two minutes on most days. After the holiday we had to teach it again, in one lesson instead of ten.",
        found: "Calm came from knowing what to do. Pupils who used to be sent out were those who had least known what I meant.",
        evidence: "The time at which the first pupil and the last pupil start, noted on Mondays and Thursdays.",
        support: "The head of year joins two lessons in the first fortnight, using the same words.",
        learning: "Building habits through rehearsal; relational approaches for pupils who find beginnings hard.",
        criteria: &["Every pupil has begun work within three minutes of the bell.", "Pupils can say what the routine is for."],
        standards: &["TS7", "TS1"],
        lessons: &[
            lesson(
                K::Inset,
                "Twilight: routines that carry the load",
                (90, 1),
                US,
                "The best idea was the dullest: write the routine down, word for word, and say it the same way every day.",
                &["TS7", "M10"],
            ),
            lesson(
                K::Coaching,
                "Coaching: rehearsing the doorway",
                (40, 1),
                US,
                "We stood at my door and practised. I talk far too much there.",
                &["TS7", "M9"],
            ),
        ],
        ..BLANK
    },
    Aim {
        key: "feedback",
        title: "Feedback that {class} act on: from marking to re-teaching",
        description: "I mark {subject} for hours and see the same mistake again. I want the time to go where it changes something.",
        question: "If I read the whole class's work, re-teach one thing and let pupils improve one passage, do they keep what they improved?",
        practice: "Comments on every piece in every book, read by few.",
        change: "One sheet of notes for the class, one re-taught idea, fifteen minutes to improve one passage, and a look back three weeks later.",
        seen: "Three weeks later most pupils had kept the improvement. Marking took a third of the time.",
        found: "The look back is what makes it feedback. Without it I would have believed the fifteen minutes.",
        evidence: "The class notes, and one passage from each of six books before, after, and three weeks later.",
        support: "Agreement in the department that books without comments are not a fault.",
        learning: "What makes feedback usable; how to choose the one thing worth re-teaching.",
        criteria: &["Pupils can show what they improved and why.", "The same improvement is still there three weeks later."],
        standards: &["TS6", "TS2"],
        lessons: &[
            lesson(
                K::Reading,
                "Guidance: teacher feedback to improve pupil learning",
                (60, 2),
                "Education Endowment Foundation",
                "Timing and method matter less than whether anything happens next. I can stop feeling guilty about green pens.",
                &["TS6", "M2"],
            ),
            lesson(
                K::Collaboration,
                "Reading books together as a department",
                (75, 1),
                US,
                "Seven of us read the same set and named four different problems. Choosing one was the useful quarter of an hour.",
                &["TS6", "M7"],
            ),
        ],
        ..BLANK
    },
    Aim {
        key: "modelling",
        title: "Thinking aloud: live modelling of {subject} with {class}",
        description: "I show finished work and ask for work like it. I want {class} to see how decisions are made on the way.",
        question: "What do pupils in {class} copy, question or improve when they see me compose, cross out and choose?",
        practice: "A model answer on the screen, annotated, and a list of features to include.",
        change: "Ten minutes under the visualiser, unprepared on purpose, saying what I reject and why; then pupils do the next part.",
        seen: "Crossing out became respectable. Some pupils copied my voice as well as my method and needed a second, different model.",
        found: "Two models with different choices taught more than one good one.",
        evidence: "Drafts of six pupils, with their crossings out.",
        support: "A visualiser that works.",
        learning: "Cognitive apprenticeship: how to make a decision audible without lecturing.",
        criteria: &["Pupils explain a choice they made and one they rejected.", "Drafts show changes of substance, not only of spelling."],
        standards: &["TS3", "TS4"],
        lessons: &[
            lesson(
                K::LearningVisit,
                "Visit: modelling in another subject",
                (50, 1),
                US,
                "Watching it in a subject I cannot do myself was the best lesson: I needed every word of the thinking aloud.",
                &["TS4", "M8"],
            ),
            lesson(
                K::Inquiry,
                "Filming my own ten minutes under the visualiser",
                (60, 1),
                "",
                "I explain what I write and hardly ever what I reject. That is the thing to practise.",
                &["TS4", "M13"],
            ),
        ],
        ..BLANK
    },
];
