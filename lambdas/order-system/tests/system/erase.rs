//! Erasing a user.

use std::sync::Arc;
use std::time::Duration;

use function_kit::idempotency::IdempotencyKey;
use function_kit::testing::Fault;
use function_kit::{Deadline, PortError};
use order_system::domain::*;
use order_system::erase::{Erase, Erased, Eraser, handle};

use crate::machine::Execution;
use crate::world::World;

const MINUTE: Duration = Duration::from_secs(60);

/// Erases the user, in an invocation that has so much time left.
async fn erase(world: &World, user_id: UserId, left: Duration) -> Result<Erased, PortError> {
    let world = Arc::new(world.clone());
    let eraser = Eraser {
        users: world.clone(),
        orders: world.clone(),
        receipts: world.clone(),
        notifications: world,
    };
    handle(&eraser, Erase { user_id }, Deadline::after(left)).await
}

/// Two users with three orders each, one of which waits. Returns the first.
async fn world() -> (World, UserId) {
    let world = World::default();
    world.add_product("keyboard", 4_900, 100);
    let users = [world.add_user(Plan::Free), world.add_user(Plan::Free)];
    for user in &users {
        for number in 0..3 {
            world.pass(Duration::from_secs(1));
            let key = world.add_order_of(user, "keyboard", 1);
            let order = world.order(key);
            let name = IdempotencyKey::try_from(number.to_string().as_str()).unwrap();
            let receipt = Receipt::of(&order, &name, order.created_at);
            world.state().receipts.insert((user.id, name), receipt);
            if number > 0 {
                Execution::of(key).run(&world).await.unwrap();
            }
        }
    }
    (world, users[0].id)
}

/// Whether anything but an open order and the payments is left of the user.
fn is_known(world: &World, user: UserId) -> bool {
    let state = world.state();
    let mut orders = state.orders.values().filter(|order| order.user_id == user);
    let payments = state.payments.values();
    let paid: Vec<_> = payments.filter(|paid| paid.user_id == user).collect();
    let notified = paid
        .iter()
        .any(|paid| state.notifications.contains_key(&paid.order_id));
    state.users.contains_key(&user)
        || state.receipts.keys().any(|(owner, _)| *owner == user)
        || orders.any(|order| order.status.is_final())
        || notified
}

#[tokio::test]
async fn erases_one_user_and_leaves_the_others_alone() {
    let (world, user) = world().await;
    assert!(is_known(&world, user));
    let erased = erase(&world, user, MINUTE).await.unwrap();
    let expected = Erased {
        receipts: 3,
        orders: 2,
        open_orders: 1,
        complete: false,
    };
    assert_eq!(erased, expected);
    assert!(!is_known(&world, user));
    let state = world.state();
    assert_eq!((state.users.len(), state.receipts.len()), (1, 3));
    assert_eq!((state.orders.len(), state.notifications.len()), (4, 2));
    assert_eq!(state.payments.len(), 4);
}

#[tokio::test]
async fn an_open_order_is_erased_when_it_has_ended() {
    let (world, user) = world().await;
    erase(&world, user, MINUTE).await.unwrap();
    let open = world.state().orders.values().find_map(|order| {
        let open = order.user_id == user;
        open.then(|| order.key())
    });
    // It ends as any other, but nobody is left to be told.
    Execution::of(open.unwrap()).run(&world).await.unwrap();
    assert_eq!(world.order(open.unwrap()).status, OrderStatus::Confirmed);
    let erased = erase(&world, user, MINUTE).await.unwrap();
    assert_eq!((erased.orders, erased.complete), (1, true));
    assert!(!is_known(&world, user));
}

#[tokio::test]
async fn a_run_that_fails_anywhere_is_mended_by_another() {
    for fault in [Fault::Refused, Fault::AnswerLost] {
        for number in 0.. {
            let (world, user) = world().await;
            world.break_call(number, fault);
            let failed = erase(&world, user, MINUTE).await.is_err();
            if world.heal() {
                break;
            }
            assert!(failed, "call {number}, {fault:?}");
            erase(&world, user, MINUTE).await.unwrap();
            assert!(!is_known(&world, user), "call {number}, {fault:?}");
        }
    }
}

#[tokio::test]
async fn a_run_without_time_says_that_it_is_incomplete() {
    let (world, user) = world().await;
    let erased = erase(&world, user, Duration::from_secs(1)).await.unwrap();
    assert_eq!((erased.orders, erased.complete), (0, false));
    assert!(!world.state().users.contains_key(&user));
}

#[test]
fn a_request_names_the_user_and_nothing_else() {
    let id = "01a1fd0e-a1a4-7583-bc03-e3ff0d3bb295";
    let read = |text: String| serde_json::from_str::<Erase>(&text);
    assert!(read(format!(r#"{{"userId":"{id}"}}"#)).is_ok());
    assert!(read(format!(r#"{{"user":"{id}"}}"#)).is_err());
    assert!(read(r#"{"userId":"ann"}"#.to_owned()).is_err());
}
