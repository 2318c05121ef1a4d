//! Questions that help to reflect.

use crate::{
    error::ApiError,
    extract::Params,
    permitted::Permitted,
    routes::Routes,
    wire::{Word, word, words},
};
use actix_web::{HttpResponse, get};
use serde::{Deserialize, Serialize};
use trellis_domain::reflection::ReflectionPrompt;
use trellis_persistence::{learning::ListReflectionPrompts, transaction::needs::ReadLearning};
use utoipa::{IntoParams, ToSchema};

/// A question that helps to reflect.
#[derive(Serialize, ToSchema)]
#[schema(title = "ReflectionPrompt")]
pub struct ReflectionPromptView {
    /// Its short name, by which a reflection says that it answers it. What it asks never changes.
    key: word::Slug,
    /// What it asks.
    question: word::Title,
    /// About what.
    about: word::PromptAbout,
    /// For which kinds of learning; for every kind, if none is named.
    kinds: Vec<word::LearningKind>,
}
impl From<ReflectionPrompt> for ReflectionPromptView {
    fn from(ReflectionPrompt { key, question, about, kinds }: ReflectionPrompt) -> Self {
        Self { key: Word(key), question: Word(question), about: Word(about), kinds: words(kinds) }
    }
}
/// Questions that help to reflect.
#[derive(Serialize, ToSchema)]
pub struct ReflectionPrompts {
    /// Those for every kind of learning first.
    prompts: Vec<ReflectionPromptView>,
}
/// For what.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ReflectionPromptParams {
    /// Only those that suit this kind of learning.
    kind: Option<word::LearningKind>,
}

/// Read the questions that help to reflect
///
/// Short open questions that are shipped: what one tried, what changed for whom, how one knows, what is next. Nobody has to answer one; a reflection can name the one that it answers (`POST /v1/learning-records/{id}/reflect`).
#[utoipa::path(tag = "Learning", params(ReflectionPromptParams), responses((status = 200, description = "The questions", body = ReflectionPrompts)), security(("bearer" = ["learning:read"])))]
#[get("/v1/reflection-prompts")]
pub async fn get_reflection_prompts(permitted: Permitted<ReadLearning>, params: Params<ReflectionPromptParams>) -> Result<HttpResponse, ApiError> {
    let prompts = permitted.read(ListReflectionPrompts { kind: params.0.kind.map(|k| k.0) }).await?;
    Ok(HttpResponse::Ok().json(ReflectionPrompts { prompts: prompts.into_iter().map(Into::into).collect() }))
}

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config.service(get_reflection_prompts);
}
