//! A client: requests that are put together, and their answers.

use super::*;

/// A request being put together.
pub struct Asking<'w> {
    w: &'w World,
    method: Method,
    path: String,
    headers: Vec<(String, String)>,
    body: Option<(String, Vec<u8>)>,
    sent: Option<Value>,
    checked: bool,
}
/// An answer.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    pub headers: HashMap<String, String>,
    pub body: Value,
    pub text: String,
    /// The body as it came, if it is no text.
    pub bytes: Vec<u8>,
}

impl World {
    pub fn ask(&self, method: Method, path: impl Into<String>) -> Asking<'_> {
        Asking { w: self, method, path: path.into(), headers: vec![], body: None, sent: None, checked: true }
    }
    pub fn get(&self, path: impl Into<String>) -> Asking<'_> {
        self.ask(Method::GET, path)
    }
    pub fn post(&self, path: impl Into<String>) -> Asking<'_> {
        self.ask(Method::POST, path)
    }
    pub fn patch(&self, path: impl Into<String>) -> Asking<'_> {
        self.ask(Method::PATCH, path)
    }
    pub fn delete(&self, path: impl Into<String>) -> Asking<'_> {
        self.ask(Method::DELETE, path)
    }
}

impl Asking<'_> {
    /// With somebody's access token.
    pub fn by(self, who: &Someone) -> Self {
        let token = who.token.clone();
        self.bearer(&token)
    }
    /// With any bearer credential.
    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }
    pub fn if_match(self, etag: &str) -> Self {
        self.header("if-match", etag)
    }
    pub fn json(mut self, body: Value) -> Self {
        self.body = Some(("application/json".into(), body.to_string().into_bytes()));
        self.sent = Some(body);
        self
    }
    /// A form (RFC 6749, appendix B).
    pub fn form(self, form: &str) -> Self {
        self.raw("application/x-www-form-urlencoded", form.as_bytes())
    }
    pub fn raw(mut self, media: &str, body: &[u8]) -> Self {
        self.body = Some((media.into(), body.to_vec()));
        self
    }
    async fn call(&mut self) -> ServiceResponse {
        let mut request = test::TestRequest::with_uri(&self.path).method(self.method.clone());
        for (name, value) in &self.headers {
            request = request.insert_header((name.as_str(), value.as_str()));
        }
        if let Some((media, bytes)) = self.body.take() {
            request = request.insert_header(("content-type", media)).set_payload(bytes);
        }
        (self.w.call)(request.to_request()).await
    }
    /// Opens a stream.
    pub async fn open(mut self) -> Open {
        let answer = self.call().await;
        assert_eq!(answer.status().as_u16(), 200);
        assert_eq!(answer.headers().get("content-type").unwrap(), "text/event-stream");
        Open { body: Box::pin(answer.into_body()) }
    }
    /// Sends it; the answer is held against the contract. Of a stream it is the first part, and then the caller goes.
    pub async fn send(mut self) -> Reply {
        let answer = self.call().await;
        let Asking { method, path, headers: asked, sent, checked, .. } = self;
        let (status, headers) = (answer.status(), headers_of(answer.headers()));
        let streams = headers.get("content-type").is_some_and(|media| media == "text/event-stream");
        let bytes = match streams {
            true => Open { body: Box::pin(answer.into_body()) }.part().await.unwrap_or_default().into_bytes(),
            false => test::read_body(answer).await.to_vec(),
        };
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let read_as_text = |media: &String| !media.contains("json");
        let table = headers.get("content-type").is_some_and(read_as_text);
        let body = if streams || table { json!(text) } else { serde_json::from_str(&text).unwrap_or(Value::Null) };
        let reply = Reply { status: status.as_u16(), headers, body, text, bytes };
        reached(&reply);
        if checked {
            hold_against_contract(&method, &path, &asked, sent.as_ref(), &reply);
        }
        reply
    }
}

/// A stream that was opened, until it is dropped.
pub struct Open {
    body: Pin<Box<BoxBody>>,
}
impl Open {
    pub fn of(answer: ServiceResponse) -> Self {
        Self { body: Box::pin(answer.into_body()) }
    }
    /// The next part that is sent, or none at the end.
    pub async fn part(&mut self) -> Option<String> {
        let part = std::future::poll_fn(|cx| self.body.as_mut().poll_next(cx)).await?;
        Some(String::from_utf8(part.unwrap().to_vec()).unwrap())
    }
    /// The next events: name and data. Comments are passed over.
    pub async fn events(&mut self) -> Option<Vec<(String, Value)>> {
        loop {
            let part = self.part().await?;
            let field = |block: &str, name: &str| block.lines().find_map(|l| l.strip_prefix(name)).map(str::to_owned);
            let events: Vec<_> = part
                .split("\n\n")
                .filter_map(|block| {
                    let (name, data) = (field(block, "event: ")?, serde_json::from_str::<Value>(&field(block, "data: ")?).unwrap());
                    assert!(name == "error" || (field(block, "id: ").as_deref() == data["cursor"].as_str() && data["type"] == name.as_str()), "{block}");
                    Some((name, data))
                })
                .collect();
            if !events.is_empty() {
                return Some(events);
            }
        }
    }
}

fn headers_of(headers: &HeaderMap) -> HashMap<String, String> {
    headers.iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().to_owned())).collect()
}

impl Reply {
    #[track_caller]
    pub fn expect(self, status: u16) -> Reply {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }
    /// It is a problem of this code, and says so in every place.
    #[track_caller]
    pub fn problem(self, status: u16, code: &str) -> Reply {
        assert_eq!((self.status, self.body["code"].as_str()), (status, Some(code)), "{}", self.text);
        self
    }
    pub fn etag(&self) -> String {
        self.headers.get("etag").cloned().unwrap_or_default()
    }
    pub fn id(&self) -> String {
        self.body["id"].as_str().unwrap_or_default().to_owned()
    }
    pub fn items(&self) -> &[Value] {
        self.body["items"].as_array().map_or(&[], Vec::as_slice)
    }
    /// The pointers of a problem's faults.
    pub fn pointers(&self) -> Vec<&str> {
        self.body["errors"].as_array().into_iter().flatten().filter_map(|e| e["pointer"].as_str()).collect()
    }
    pub fn can(&self, action: &str) -> bool {
        self.body["can"][action]["allowed"].as_bool().unwrap_or_else(|| panic!("no {action} in {}", self.text))
    }
}
