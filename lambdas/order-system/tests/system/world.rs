//! Everything outside the order system, in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;

use async_trait::async_trait;
use function_kit::idempotency::IdempotencyKey;
use function_kit::{Clock, Page, PortError, Write, testing};
use jiff::Timestamp;
use order_system::domain::*;
use order_system::message::{DeadLetter, Event};
use order_system::ports::*;

#[derive(Default)]
pub struct State {
    pub users: BTreeMap<UserId, User>,
    pub orders: BTreeMap<OrderKey, Order>,
    pub receipts: BTreeMap<(UserId, IdempotencyKey), Receipt>,
    pub products: BTreeMap<Sku, Product>,
    pub payments: BTreeMap<OrderId, Payment>,
    pub notifications: BTreeMap<OrderId, Notification>,
    pub executions: BTreeSet<OrderId>,
    pub events: Vec<Event>,
    pub letters: Vec<DeadLetter>,
    /// Each change of money or goods, in order.
    pub effects: Vec<String>,
}

/// The order system's world: the kit's, for which the ports can be implemented here.
#[derive(Clone, Default)]
pub struct World(testing::World<State>);

impl Deref for World {
    type Target = testing::World<State>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl World {
    pub fn add_product(&self, sku: &str, price_cents: u32, stock: u32) {
        let sku = Sku(sku.to_owned());
        let product = Product {
            sku: sku.clone(),
            price_cents,
            stock,
        };
        self.state().products.insert(sku, product);
    }

    pub fn stock(&self, sku: &str) -> u32 {
        self.state().products[&Sku(sku.to_owned())].stock
    }

    pub fn add_user(&self, plan: Plan) -> User {
        let new = NewUser {
            owner: "ann".parse().unwrap(),
            name: PersonName::try_from("Ann".to_owned()).unwrap(),
            email: Email::try_from("ann@example.com".to_owned()).unwrap(),
            plan,
        };
        let user = User::register(new, self.now(), Some(std::time::Duration::from_secs(3600)));
        self.state().users.insert(user.id, user.clone());
        user
    }

    /// An order of so many of one product that there is.
    pub fn add_order(&self, plan: Plan, sku: &str, quantity: u32) -> OrderKey {
        let user = self.add_user(plan);
        self.add_order_of(&user, sku, quantity)
    }

    /// An order of that user, of so many of one product that there is.
    pub fn add_order_of(&self, user: &User, sku: &str, quantity: u32) -> OrderKey {
        let now = self.now();
        let mut state = self.state();
        let line = Line::of(&state.products[&Sku(sku.to_owned())], quantity);
        let order = Order::place(user, vec![line], now);
        let key = order.key();
        state.orders.insert(key, order);
        key
    }

    pub fn order(&self, key: OrderKey) -> Order {
        self.state().orders[&key].clone()
    }
}

impl State {
    fn insert(&mut self, order: &Order) -> Write {
        let taken =
            |other: &Order| (other.user_id, other.created_at) == (order.user_id, order.created_at);
        if self.orders.values().any(taken) {
            return Write::Conflict;
        }
        self.orders.insert(order.key(), order.clone());
        Write::Done
    }

    /// Writes the order's next state, if it is in the one before.
    fn write(&mut self, change: &Change) -> Write {
        match self.orders.get_mut(&change.to.key()) {
            Some(order) if order.status == change.from => {
                *order = change.to.clone();
                Write::Done
            }
            _ => Write::Conflict,
        }
    }
}

#[async_trait]
impl Users for World {
    async fn insert(&self, user: &User) -> Result<(), PortError> {
        self.call(|state| drop(state.users.insert(user.id, user.clone())))
    }

    async fn find(&self, id: UserId) -> Result<Option<User>, PortError> {
        self.call(|state| state.users.get(&id).cloned())
    }

    async fn remove(&self, id: UserId) -> Result<(), PortError> {
        self.call(|state| drop(state.users.remove(&id)))
    }
}

#[async_trait]
impl Orders for World {
    async fn insert(&self, order: &Order) -> Result<Write, PortError> {
        self.call(|state| state.insert(order))
    }

    async fn find(&self, key: OrderKey) -> Result<Option<Order>, PortError> {
        self.call(|state| state.orders.get(&key).cloned())
    }

    async fn page(
        &self,
        user_id: UserId,
        after: Option<OrderId>,
        limit: u8,
    ) -> Result<Page<Order>, PortError> {
        self.call(|state| {
            let mine = state
                .orders
                .values()
                .rev()
                .filter(|order| order.user_id == user_id);
            let mut left = mine.filter(|order| after.is_none_or(|after| order.order_id < after));
            Page {
                entries: left.by_ref().take(limit.into()).cloned().collect(),
                more: left.next().is_some(),
            }
        })
    }

    async fn update(&self, change: &Change) -> Result<Write, PortError> {
        self.call(|state| state.write(change))
    }

    async fn remove(&self, key: OrderKey) -> Result<(), PortError> {
        self.call(|state| drop(state.orders.remove(&key)))
    }
}

#[async_trait]
impl Receipts for World {
    async fn find(
        &self,
        user_id: UserId,
        key: &IdempotencyKey,
    ) -> Result<Option<Receipt>, PortError> {
        self.call(|state| state.receipts.get(&(user_id, key.clone())).cloned())
    }

    async fn place(&self, order: &Order, receipt: &Receipt) -> Result<Write, PortError> {
        self.call(|state| {
            let key = (receipt.user_id, receipt.idempotency_key.clone());
            if state.receipts.contains_key(&key) || state.insert(order) == Write::Conflict {
                return Write::Conflict;
            }
            state.receipts.insert(key, receipt.clone());
            Write::Done
        })
    }

    async fn some_of(&self, user_id: UserId) -> Result<Vec<Receipt>, PortError> {
        self.call(|state| {
            let receipts = state.receipts.values();
            let mine = receipts.filter(|receipt| receipt.user_id == user_id);
            mine.take(2).cloned().collect()
        })
    }

    async fn remove(&self, receipt: &Receipt) -> Result<(), PortError> {
        let key = (receipt.user_id, receipt.idempotency_key.clone());
        self.call(|state| drop(state.receipts.remove(&key)))
    }
}

#[async_trait]
impl Catalogue for World {
    async fn find(&self, skus: &[Sku]) -> Result<Vec<Product>, PortError> {
        self.call(|state| {
            let found = skus.iter().filter_map(|sku| state.products.get(sku));
            found.cloned().collect()
        })
    }
}

#[async_trait]
impl Payments for World {
    async fn record(&self, payment: &Payment, change: &Change) -> Result<Write, PortError> {
        self.call(|state| {
            let write = state.write(change);
            if write == Write::Done {
                state.payments.insert(payment.order_id, payment.clone());
                let effect = format!("{:?} {}", payment.status, payment.amount_cents);
                state.effects.push(effect);
            }
            write
        })
    }
}

#[async_trait]
impl Inventory for World {
    async fn take(&self, change: &Change) -> Result<Take, PortError> {
        self.call(|state| {
            for Line { sku, quantity, .. } in &change.to.items {
                if state.products[sku].stock < *quantity {
                    return Take::OutOfStock(sku.clone());
                }
            }
            if state.write(change) == Write::Conflict {
                return Take::Conflict;
            }
            for Line { sku, quantity, .. } in &change.to.items {
                state.products.get_mut(sku).unwrap().stock -= quantity;
                state.effects.push(format!("Took {quantity} {sku}"));
            }
            Take::Done
        })
    }
}

#[async_trait]
impl Notifications for World {
    async fn insert(&self, notification: &Notification) -> Result<Write, PortError> {
        self.call(|state| {
            let id = notification.order_id;
            if state.notifications.contains_key(&id) {
                return Write::Conflict;
            }
            state.notifications.insert(id, notification.clone());
            state.effects.push("Notified".into());
            Write::Done
        })
    }

    async fn remove(&self, order_id: OrderId) -> Result<(), PortError> {
        self.call(|state| drop(state.notifications.remove(&order_id)))
    }
}

#[async_trait]
impl EventBus for World {
    async fn put(&self, event: &Event) -> Result<(), PortError> {
        self.call(|state| state.events.push(event.clone()))
    }
}

#[async_trait]
impl Executions for World {
    async fn start(&self, order: OrderKey) -> Result<Write, PortError> {
        self.call(|state| match state.executions.insert(order.order_id) {
            true => Write::Done,
            false => Write::Conflict,
        })
    }
}

#[async_trait]
impl DeadLetterQueue for World {
    async fn send(&self, letter: &DeadLetter) -> Result<(), PortError> {
        self.call(|state| state.letters.push(letter.clone()))
    }
}

impl Clock for World {
    fn now(&self) -> Timestamp {
        self.0.now()
    }
}
