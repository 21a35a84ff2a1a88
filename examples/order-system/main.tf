data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  tables = {
    users         = { partition_key = "id", ttl = "expiresAt", stream = "NEW_IMAGE" }
    orders        = { partition_key = "userId", sort_key = "createdAt", stream = "NEW_AND_OLD_IMAGES" }
    products      = { partition_key = "sku" }
    payments      = { partition_key = "orderId" }
    notifications = { partition_key = "orderId", ttl = "expiresAt" }
    receipts      = { partition_key = "userId", sort_key = "idempotencyKey", ttl = "expiresAt" }
  }
}

module "table" {
  source              = "../../modules/table"
  for_each            = local.tables
  name                = "${var.name}-${each.key}"
  partition_key       = { name = each.value.partition_key }
  sort_key            = try({ name = each.value.sort_key }, null)
  ttl_attribute       = try(each.value.ttl, null)
  stream_view_type    = try(each.value.stream, null)
  deletion_protection = var.deletion_protection
}

resource "aws_dynamodb_table_item" "product" {
  for_each   = var.products
  table_name = module.table["products"].name
  hash_key   = local.tables.products.partition_key
  item = jsonencode({
    sku        = { S = each.key }
    priceCents = { N = tostring(each.value.price_cents) }
    stock      = { N = tostring(each.value.stock) }
  })

  lifecycle {
    ignore_changes = [item] # The orders change the stock.
  }
}

# Files that a browser sends and reads by signed links.
module "uploads" {
  source              = "../../modules/object-store"
  name                = "${var.name}-uploads-${data.aws_caller_identity.current.account_id}-${data.aws_region.current.id}"
  deletion_protection = var.deletion_protection
  lifecycle_days      = { object = 335, old_version = 30 } # Together a year, after which nothing is left of a file.
  cors                = { origins = var.allowed_origins, methods = ["GET", "HEAD", "PUT"] }
}

module "user_pool" {
  source              = "../../modules/user-pool"
  name                = var.name
  domain_prefix       = "${var.name}-${data.aws_caller_identity.current.account_id}"
  callback_urls       = var.callback_urls
  deletion_protection = var.deletion_protection

  # ALLOW_USER_PASSWORD_AUTH is there for the curl lines of the README: leave it out of a deployment that people use.
  # ALLOW_REFRESH_TOKEN_AUTH renews a session by InitiateAuth: without it too, refresh tokens rotate.
  auth_flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]

  # The README's curl lines sign up. Anybody else may as well: where an administrator creates the accounts, leave it out.
  self_sign_up = true
}

# Who registers as a member of this group is on the plan "pro": a client cannot choose its plan.
resource "aws_cognito_user_group" "pro" {
  name         = "pro"
  user_pool_id = module.user_pool.id
  description  = "Users on the plan \"pro\"."
}

module "api" {
  source = "../../modules/http-api"
  name   = var.name
  cors   = { origins = var.allowed_origins, methods = ["GET", "POST"] }

  # No scopes, so that id tokens open it: only those carry the verified address and the groups, which make a user's row.
  jwt = {
    issuer   = module.user_pool.issuer
    audience = [module.user_pool.client_id]
  }

  functions = { for name, function in module.http_function : name => function.arn }
  routes = {
    "POST /users"                      = { function = "users" }
    "GET /users/{id}"                  = { function = "users" }
    "POST /orders"                     = { function = "orders" }
    "GET /users/{id}/orders"           = { function = "orders" }
    "GET /users/{id}/orders/{orderId}" = { function = "orders" }
  }
}

module "dashboard" {
  source           = "../../modules/dashboard"
  name             = var.name
  functions        = { for key, function in local.functions : key => function.function_name }
  stream_consumers = ["users-stream", "orders-stream"]
  queues           = { order-created = aws_sqs_queue.order_created.name }
  http_apis        = { api = module.api.id }
  state_machines   = { order = module.order.arn }
  alarm_topic_arns = var.alarm_topic_arns

  dead_letter_queues = {
    unannounced = aws_sqs_queue.unannounced.name
    unstarted   = aws_sqs_queue.unstarted.name
    unfinished  = module.order.unfinished_queue.name
  }
}
