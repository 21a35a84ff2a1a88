# One binary is all functions: each picks its part by its handler.
resource "rustlambda_package" "this" {
  manifest_path = "${path.module}/../../lambdas/order-system/Cargo.toml"
  profile       = var.build_profile
  function_arns = [for handler in keys(local.handlers) : "${local.function_arn_prefix}-${handler}"]
}

locals {
  function_arn_prefix = "arn:${data.aws_partition.current.partition}:lambda:${data.aws_region.current.id}:${data.aws_caller_identity.current.account_id}:function:${var.name}"

  # The functions of the binary, by their handlers (`lambdas/order-system/src/role.rs`).
  handlers = {
    users             = "Registers users."
    orders            = "Takes orders."
    users-stream      = "Announces each new user."
    orders-stream     = "Announces each new order."
    start-order       = "Starts the execution of each order, under the order's id."
    process-payment   = "Takes the money for an order."
    update-inventory  = "Takes an order's goods from the stock."
    refund-payment    = "Gives the money back and ends an order."
    send-notification = "Tells the user of a confirmed order."
    erase-user        = "Deletes what is known of a user."
  }

  # Which tables each function uses, and how. The rest of what it may do is in its module block.
  uses = {
    users             = { users = ["GetItem", "PutItem"] }
    orders            = { users = ["GetItem"], products = ["BatchGetItem"], orders = ["GetItem", "PutItem", "Query"], receipts = ["GetItem", "PutItem"] }
    process-payment   = { orders = ["GetItem", "PutItem"], payments = ["PutItem"] }
    update-inventory  = { orders = ["GetItem", "PutItem"], products = ["UpdateItem"] }
    refund-payment    = { orders = ["GetItem", "PutItem"], payments = ["PutItem"] }
    send-notification = { orders = ["GetItem"], users = ["GetItem"], notifications = ["PutItem"] }
    erase-user        = { users = ["DeleteItem"], receipts = ["DeleteItem", "Query"], orders = ["DeleteItem", "Query"], notifications = ["DeleteItem"] }
  }

  table_variables = { for function, tables in local.uses : function => {
    for table in keys(tables) : "${upper(table)}_TABLE" => module.table[table].name
  } }

  table_permissions = { for function, tables in local.uses : function => [
    for table, actions in tables : {
      sid       = "Use${title(table)}"
      actions   = formatlist("dynamodb:%s", actions)
      resources = [module.table[table].arn]
    }
  ] }

  settings = {
    users = var.user_retention_days == null ? {} : { USER_RETENTION_DAYS = var.user_retention_days }
  }

  functions = merge(
    module.http_function,
    { for table, function in module.stream_function : "${table}-stream" => function },
    { start-order = module.start_order, erase-user = module.erase_user },
    module.task,
  )
}

module "http_function" {
  source          = "../../modules/rust-function"
  for_each        = toset(["users", "orders"])
  name            = "${var.name}-${each.key}"
  description     = local.handlers[each.key]
  artifact        = rustlambda_package.this
  handler         = each.key
  timeout_seconds = 29 # Any three of its calls to AWS may take 8 s each, retries included; API Gateway gives up after 30 s.
  tracing         = true
  environment     = merge(local.table_variables[each.key], lookup(local.settings, each.key, {}))
  permissions     = local.table_permissions[each.key]
}

# A row is announced from its table's change stream, so that there is none without its event.
module "stream_function" {
  source          = "../../modules/rust-function"
  for_each        = toset(["users", "orders"])
  name            = "${var.name}-${each.key}-stream"
  description     = local.handlers["${each.key}-stream"]
  artifact        = rustlambda_package.this
  handler         = "${each.key}-stream"
  timeout_seconds = 60
  tracing         = true

  # With the queue as its destination, the module also grants sqs:SendMessage, which the function needs for its own dead letters.
  dynamodb_source = {
    stream_arn = module.table[each.key].stream_arn
    on_failure = { queue_arn = aws_sqs_queue.unannounced.arn }
    filters    = [jsonencode({ eventName = ["INSERT"] })]
  }

  environment = {
    EVENT_BUS_NAME        = aws_cloudwatch_event_bus.this.name
    DEAD_LETTER_QUEUE_URL = aws_sqs_queue.unannounced.url
  }

  permissions = [{
    sid       = "Announce"
    actions   = ["events:PutEvents"]
    resources = [aws_cloudwatch_event_bus.this.arn]
  }]
}

module "start_order" {
  source          = "../../modules/rust-function"
  name            = "${var.name}-start-order"
  description     = local.handlers.start-order
  artifact        = rustlambda_package.this
  handler         = "start-order"
  timeout_seconds = 30
  tracing         = true
  queue_source    = { queue_arn = aws_sqs_queue.order_created.arn, visibility_timeout_seconds = aws_sqs_queue.order_created.visibility_timeout_seconds }
  environment     = { STATE_MACHINE_ARN = module.order.arn }

  permissions = [{
    sid       = "StartOrders"
    actions   = ["states:StartExecution"]
    resources = [module.order.arn]
  }]
}

module "task" {
  source          = "../../modules/rust-function"
  for_each        = toset(["process-payment", "update-inventory", "refund-payment", "send-notification"])
  name            = "${var.name}-${each.key}"
  description     = local.handlers[each.key]
  artifact        = rustlambda_package.this
  handler         = each.key
  timeout_seconds = 28 # Three calls to AWS of 8 s each; the state machine gives up after 30 s.
  tracing         = true
  environment     = local.table_variables[each.key]
  permissions     = local.table_permissions[each.key]
}

# Nothing invokes it but an operator, whose own policy has to allow it.
module "erase_user" {
  source          = "../../modules/rust-function"
  name            = "${var.name}-erase-user"
  description     = local.handlers.erase-user
  artifact        = rustlambda_package.this
  handler         = "erase-user"
  timeout_seconds = 900 # Lambda's longest. What does not fit into it is erased by another run.
  tracing         = true
  environment     = local.table_variables.erase-user
  permissions     = local.table_permissions.erase-user
}
