//! Erases what is known of a user.
//!
//! An operator invokes the function with `{"userId": "…"}`. It deletes the user's row, receipts,
//! and ended orders with their notifications. Payments stay: they hold amounts and random ids,
//! which name nobody when the rest is gone. An order that has not ended stays, too, or its money
//! could not be given back; the answer counts it.
//!
//! Deleting twice is deleting once, so whatever fails or is incomplete is mended by another run.

use std::sync::Arc;

use function_kit::batch::TIME_FOR_A_RECORD;
use function_kit::{Deadline, PortError};
use serde::{Deserialize, Serialize};

use crate::domain::{OrderId, UserId};
use crate::ports::{Notifications, Orders, Receipts, Users};

/// Orders that are read at once.
const PAGE: u8 = 100;

/// Erases users.
pub struct Eraser {
    /// Where users are.
    pub users: Arc<dyn Users>,
    /// Where orders are.
    pub orders: Arc<dyn Orders>,
    /// Where receipts are.
    pub receipts: Arc<dyn Receipts>,
    /// Where notifications are.
    pub notifications: Arc<dyn Notifications>,
}

/// Whom to erase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Erase {
    /// Which user.
    pub user_id: UserId,
}

/// What was erased besides the user's row.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Erased {
    /// Receipts that were deleted.
    pub receipts: u32,
    /// Orders that were deleted.
    pub orders: u32,
    /// Orders that have not ended, and stay.
    pub open_orders: u32,
    /// Whether nothing is left. Otherwise the function has to be invoked again, after the open
    /// orders have ended.
    pub complete: bool,
}

/// Erases a user, in an invocation that ends at `deadline`.
///
/// # Errors
/// Fails when a port does. What was deleted by then stays deleted.
pub async fn handle(
    eraser: &Eraser,
    Erase { user_id }: Erase,
    deadline: Deadline,
) -> Result<Erased, PortError> {
    let erased = deadline.bound(erase(eraser, user_id, deadline)).await??;
    tracing::info!(%user_id, ?erased, "user erased");
    Ok(erased)
}

async fn erase(eraser: &Eraser, user_id: UserId, deadline: Deadline) -> Result<Erased, PortError> {
    // First the user, without whom nothing new is written for it.
    eraser.users.remove(user_id).await?;
    let mut erased = Erased::default();
    let complete = receipts(eraser, user_id, &mut erased, deadline).await?
        && orders(eraser, user_id, &mut erased, deadline).await?;
    erased.complete = complete && erased.open_orders == 0;
    Ok(erased)
}

fn is_late(deadline: Deadline) -> bool {
    deadline.left() <= TIME_FOR_A_RECORD
}

/// Deletes the user's receipts. Returns whether all are deleted.
async fn receipts(
    eraser: &Eraser,
    user_id: UserId,
    erased: &mut Erased,
    deadline: Deadline,
) -> Result<bool, PortError> {
    loop {
        let receipts = eraser.receipts.some_of(user_id).await?;
        if receipts.is_empty() {
            return Ok(true);
        }
        for receipt in &receipts {
            if is_late(deadline) {
                return Ok(false);
            }
            eraser.receipts.remove(receipt).await?;
            erased.receipts += 1;
        }
    }
}

/// Deletes the user's ended orders with their notifications. Returns whether each was looked at.
async fn orders(
    eraser: &Eraser,
    user_id: UserId,
    erased: &mut Erased,
    deadline: Deadline,
) -> Result<bool, PortError> {
    let mut after: Option<OrderId> = None;
    loop {
        let page = eraser.orders.page(user_id, after, PAGE).await?;
        for order in &page.entries {
            if is_late(deadline) {
                return Ok(false);
            }
            after = Some(order.order_id);
            if !order.status.is_final() {
                erased.open_orders += 1;
                continue;
            }
            eraser.notifications.remove(order.order_id).await?;
            eraser.orders.remove(order.key()).await?;
            erased.orders += 1;
        }
        if !page.more {
            return Ok(true);
        }
    }
}
