//! How much of what was agreed and held carries learning.

use super::{FiguresOf, SplitFigures, YearParams, cell};
use crate::{
    bulk::{Wish, table},
    chart::{Chart, Group, bar},
    error::ApiError,
    extract::Params,
    permitted::Permitted,
};
use actix_web::{HttpResponse, get};
use serde::Serialize;
use trellis_domain::{
    insight::{Share, Threads, percent},
    time::academic_year_label,
};
use trellis_persistence::{
    insight::{Figures, ReadLearningShare},
    transaction::needs::ReadInsight,
};
use utoipa::ToSchema;

/// How many there are, and through how many of them learning runs.
#[derive(Serialize, ToSchema)]
pub struct ThreadFigures {
    /// How many; null if withheld.
    all: Option<u64>,
    /// Of those, with a learning thread.
    learning_thread: SplitFigures,
    /// The same in whole per cent, where both figures are shown.
    learning_share_percent: Option<u64>,
}
impl From<Threads> for ThreadFigures {
    fn from(Threads { all, thread }: Threads) -> Self {
        Self { all, learning_share_percent: percent(thread.so, all), learning_thread: thread.into() }
    }
}

/// The learning share of an organisation, or of all.
#[derive(Serialize, ToSchema)]
pub struct ShareFigures {
    /// Objectives that were agreed in the year; null if withheld.
    agreed: Option<u64>,
    /// Of those, with a learning thread.
    learning_thread: SplitFigures,
    /// The same in whole per cent, where both figures are shown.
    learning_share_percent: Option<u64>,
    /// Of those with one, written or materially shaped by their owner.
    own: SplitFigures,
    /// The same in whole per cent, where both figures are shown.
    autonomy_percent: Option<u64>,
    /// Actions that were agreed in the year's conversations.
    agreed_actions: ThreadFigures,
    /// Conversations that were held in the year.
    conversations: ThreadFigures,
}
impl From<Share> for ShareFigures {
    fn from(Share { agreed, thread, own, actions, conversations }: Share) -> Self {
        Self {
            agreed,
            learning_share_percent: percent(thread.so, agreed),
            autonomy_percent: percent(own.so, thread.so),
            learning_thread: thread.into(),
            own: own.into(),
            agreed_actions: actions.into(),
            conversations: conversations.into(),
        }
    }
}
/// The learning share of one organisation.
#[derive(Serialize, ToSchema)]
pub struct ShareRow {
    /// Of which organisation.
    organisation: FiguresOf,
    /// Its figures.
    figures: ShareFigures,
}
/// The learning share of an academic year.
#[derive(Serialize, ToSchema)]
pub struct LearningShareView {
    /// The academic year, by the calendar year in which it starts.
    academic_year: i32,
    /// By organisation.
    rows: Vec<ShareRow>,
    /// Of all together; null when one organisation was asked for.
    all: Option<ShareFigures>,
}

/// Read the learning share
///
/// Of the objectives that were agreed in a year, how many carry a learning thread (an inquiry, a need for learning that is written down, or a record of learning), and how many of those their owners wrote or shaped. Beside them, the actions that were agreed and the conversations that were held, and how many of each carry one; the support lane is not counted. A figure under five is null, and so are others from which it could be worked out. `Accept: text/csv` answers the rows as a table, `image/svg+xml` the per cent as a chart.
#[utoipa::path(tag = "Insight", params(YearParams), responses((status = 200, description = "The learning share", content((LearningShareView = "application/json"), (String = "text/csv"), (String = "image/svg+xml")))), security(("bearer" = ["insight:read"])))]
#[get("/v1/learning-share")]
pub async fn get_learning_share(permitted: Permitted<ReadInsight>, wish: Wish, params: Params<YearParams>) -> Result<HttpResponse, ApiError> {
    let YearParams { academic_year, organisation_id } = params.0;
    let Figures { rows, all } = permitted.read(ReadLearningShare { academic_year, organisation_id: organisation_id.map(|o| o.0) }).await?;
    let rows = rows.into_iter().map(|(place, share)| ShareRow { organisation: place.into(), figures: share.into() });
    if wish.table {
        let headings = [
            "organisation_id",
            "organisation",
            "agreed",
            "learning_thread",
            "learning_share_percent",
            "own",
            "autonomy_percent",
            "agreed_actions",
            "agreed_actions_learning_thread",
            "agreed_actions_learning_share_percent",
            "conversations",
            "conversations_learning_thread",
            "conversations_learning_share_percent",
        ];
        let rows = rows.map(|ShareRow { organisation, figures: f }| {
            let objectives = [f.agreed, f.learning_thread.yes, f.learning_share_percent, f.own.yes, f.autonomy_percent];
            let spoken = [f.agreed_actions, f.conversations].map(|t| [t.all, t.learning_thread.yes, t.learning_share_percent]);
            let figures = objectives.into_iter().chain(spoken.into_iter().flatten()).map(cell);
            [organisation.id.0.to_string(), organisation.name].into_iter().chain(figures).collect()
        });
        return Ok(table::answer(&headings, rows));
    }
    let view = LearningShareView { academic_year, rows: rows.collect(), all: all.map(Into::into) };
    if wish.chart { Chart::from(view).answer() } else { Ok(HttpResponse::Ok().json(view)) }
}

impl From<LearningShareView> for Chart {
    fn from(LearningShareView { academic_year, rows, all }: LearningShareView) -> Self {
        let group = |heading: &str, figure: fn(&ShareFigures) -> Option<u64>| Group {
            heading: heading.into(),
            bars: rows.iter().map(|r| bar(&r.organisation.name, figure(&r.figures))).chain(all.iter().map(|a| bar("All together", figure(a)))).collect(),
        };
        Self {
            title: format!("Learning share, {}", academic_year_label(academic_year)),
            unit: " %",
            note: "What is withheld is of fewer than five, would tell of them, or is of none.".into(),
            groups: vec![
                group("Agreed objectives with a learning thread", |f| f.learning_share_percent),
                group("Of those, shaped by their owner", |f| f.autonomy_percent),
            ],
        }
    }
}
