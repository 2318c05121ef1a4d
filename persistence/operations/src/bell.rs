//! Rings when something was committed in a tenant, for whoever waits for it. It says nothing of what; who is woken looks for themselves.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};
use tokio::sync::watch;
use trellis_domain::id::TenantId;

/// One bell for each tenant in which somebody waits, shared by all workers of a server.
#[derive(Clone, Default)]
pub struct Bell(Arc<Mutex<HashMap<TenantId, watch::Sender<()>>>>);

/// Somebody who waits. What is rung between two waits is not missed.
pub struct Listener(watch::Receiver<()>);

impl Bell {
    /// Begins to listen: whatever is committed from now on is heard.
    pub fn listen(&self, tenant: TenantId) -> Listener {
        let mut bells = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        Listener(bells.entry(tenant).or_insert_with(|| watch::channel(()).0).subscribe())
    }
    /// Wakes whoever waits in this tenant.
    pub fn ring(&self, tenant: TenantId) {
        let mut bells = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if bells.get(&tenant).is_some_and(|bell| bell.send(()).is_err()) {
            bells.remove(&tenant); // nobody listens any more
        }
    }
}

impl Listener {
    /// Until it rings. It never ends by itself.
    pub async fn rung(&mut self) {
        if self.0.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        pin::pin,
        task::{Context, Poll, Waker},
    };
    use uuid::Uuid;

    fn heard(listener: &mut Listener) -> bool {
        matches!(pin!(listener.rung()).poll(&mut Context::from_waker(Waker::noop())), Poll::Ready(()))
    }

    #[test]
    fn it_is_heard_in_its_own_tenant_once_and_not_before() {
        let (bell, here, there) = (Bell::default(), TenantId(Uuid::from_u128(1)), TenantId(Uuid::from_u128(2)));
        bell.ring(here);
        let (mut one, mut other) = (bell.listen(here), bell.listen(there));
        assert!(!heard(&mut one));
        bell.ring(here);
        bell.ring(here);
        assert!(heard(&mut one) && !heard(&mut one) && !heard(&mut other));
        drop(one);
        bell.ring(here);
        assert_eq!(bell.0.lock().map(|b| b.len()).unwrap_or_default(), 1);
    }
}
