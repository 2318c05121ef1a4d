//! Whoever reads: what they find, on each way there is.

use super::{Planted, Story, Who};
use crate::support::*;
use serde_json::Value;

impl Story<'_> {
    /// Nothing in an answer that its reader may not read, and nothing of a lane within another.
    #[track_caller]
    pub fn look(&self, by: Who, reply: &Reply, lane: Option<&str>, path: &str) {
        for Planted { word, readers, .. } in &self.planted {
            assert!(!reply.text.contains(word.as_str()) || readers.contains(&by), "{by:?} read {word}, of {readers:?}, at {path}: {}", reply.text);
        }
        self.within(&reply.body, lane, path);
    }
    #[track_caller]
    fn within(&self, value: &Value, lane: Option<&str>, path: &str) {
        match value {
            Value::Object(members) => {
                let lane = members.get("lane").and_then(Value::as_str).or(lane);
                members.values().for_each(|v| self.within(v, lane, path));
            }
            Value::Array(items) => items.iter().for_each(|v| self.within(v, lane, path)),
            Value::String(text) => {
                for Planted { word, lane: own, .. } in self.planted.iter().filter(|p| text.contains(&p.word)) {
                    let crossed = own.zip(lane).is_some_and(|(own, lane)| own != lane);
                    assert!(!crossed, "{word} of the lane {own:?} stands in the lane {lane:?} at {path}");
                }
            }
            _ => {}
        }
    }
    pub async fn read(&self, by: Who, path: &str, lane: Option<&'static str>) {
        let csv = path.strip_suffix(" as csv");
        let mut asking = self.w.get(csv.unwrap_or(path)).bearer(self.token(by));
        if csv.is_some() {
            asking = asking.header("accept", "text/csv");
        }
        self.look(by, &asking.send().await, lane, path);
    }
    /// Lists, the feed, figures, tables and pages: whatever shows more than one record.
    pub fn wide(&self) -> Vec<(String, Option<&'static str>)> {
        let (teacher, cycle, at) = (self.o.teacher.person, self.o.cycle.rsplit('/').next().unwrap(), &self.o.at);
        let anywhere = [
            "/v1/conversations?limit=200&expand=people".into(),
            format!("/v1/conversations?person_id={teacher}"),
            "/v1/agreed-actions?limit=200".into(),
            "/v1/objectives?limit=200&expand=people,organisations".into(),
            "/v1/learning-records?limit=200".into(),
            "/v1/development-needs?limit=200".into(),
            "/v1/development-needs/summary".into(),
            "/v1/learning-requests?limit=200".into(),
            "/v1/self-reviews?limit=200".into(),
            "/v1/shared-self-reviews?limit=200".into(),
            "/v1/coaching-partnerships?limit=200".into(),
            "/v1/action-steps?limit=200".into(),
            "/v1/learning-visits?limit=200".into(),
            "/v1/findings?limit=200".into(),
            "/v1/me/findings".into(),
            "/v1/me/tasks?limit=200".into(),
            "/v1/me/tasks as csv".into(),
            "/v1/me/check-ins".into(),
            "/v1/me/disclosures?limit=200&expand=people".into(),
            "/v1/appraisals?limit=200".into(),
            format!("/v1/appraisal-progress?cycle_id={cycle}"),
            format!("/v1/appraisal-progress?cycle_id={cycle} as csv"),
            format!("/v1/appraisal-overview?cycle_id={cycle}"),
            "/v1/changes?include=record&limit=1000".into(),
            format!("/v1/people/{teacher}/learning-statement?academic_year=2026"),
            format!("/v1/people/{teacher}/history"),
            "/v1/learning-share?academic_year=2026".into(),
            "/v1/check-in-health".into(),
        ];
        let of_appraisal =
            [at.clone(), format!("{at}/history"), format!("{at}/report-draft"), format!("{at}/statement"), "/v1/appraisal-reports?limit=200".into()];
        let of_support = ("/v1/appraisal-holds?limit=200".to_owned(), Some("support"));
        anywhere.into_iter().map(|path| (path, None)).chain(of_appraisal.into_iter().map(|path| (path, Some("appraisal")))).chain([of_support]).collect()
    }
}
