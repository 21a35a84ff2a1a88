data "aws_caller_identity" "current" {}

locals {
  # Access tokens are for what an application may do, and carry scopes. Id tokens say who somebody is, and carry none.
  scopes = {
    access = { read = ["items/read"], write = ["items/write"] }
    id     = { read = [], write = [] }
  }[var.token_use]
}

module "users" {
  # In a repository of your own: source = "git::https://<host>/<repository>.git//modules/user-pool?ref=<tag>", and so on below.
  source = "../../modules/user-pool"

  name                = var.name
  domain_prefix       = "${var.name}-${data.aws_caller_identity.current.account_id}"
  callback_urls       = var.callback_urls
  implicit_grant      = var.implicit_grant
  auth_flows          = ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"] # Without the second, refresh tokens rotate.
  self_sign_up        = true                                                # The README says to sign up. Leave it out where an administrator creates the accounts.
  deletion_protection = var.deletion_protection

  resource_servers = {
    items = {
      read  = "See your items"
      write = "Create, change and delete your items"
    }
  }
}

# An owner's items are one partition, and their ids sort by age: a page of them is one query, however many items there are.
module "table" {
  source = "../../modules/table"

  name                = "${var.name}-items"
  partition_key       = { name = "owner" }
  sort_key            = { name = "id" }
  ttl_attribute       = "expires_at" # Of receipts: what an Idempotency-Key stands for is forgotten after a day.
  provisioned         = var.provisioned
  deletion_protection = var.deletion_protection
}

module "function" {
  source = "../../modules/rust-function"

  name            = "${var.name}-items"
  description     = "Answers the items API."
  memory_mb       = 256
  timeout_seconds = 20 # A request makes up to three calls to DynamoDB, which share this time. API Gateway gives up after 29 s.

  package = {
    manifest_path = "${path.module}/../../lambdas/items-api/Cargo.toml"
    profile       = var.build_profile
  }

  environment = merge(
    { ITEMS_TABLE = module.table.name },
    { for origin in var.allowed_origin[*] : "ALLOWED_ORIGIN" => origin },
  )

  permissions = [
    {
      sid       = "KeepItems"
      actions   = ["dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"]
      resources = [module.table.arn]
    },
  ]
}

module "api" {
  source = "../../modules/rest-api"

  name           = var.name
  user_pool_arns = [module.users.arn]
  endpoint_type  = var.endpoint_type
  cors           = one([for origin in var.allowed_origin[*] : { origin = origin }])
  usage_plan     = { clients = var.api_key_clients, quota = { requests = 10000 } }

  # Without scopes, when `token_use` is "id".
  accept_id_tokens = var.token_use == "id"

  functions = { items = module.function.arn }
  routes = {
    "GET /items"         = { function = "items", scopes = local.scopes.read }
    "POST /items"        = { function = "items", scopes = local.scopes.write }
    "GET /items/{id}"    = { function = "items", scopes = local.scopes.read }
    "PUT /items/{id}"    = { function = "items", scopes = local.scopes.write }
    "DELETE /items/{id}" = { function = "items", scopes = local.scopes.write }

    # The function answers 405 to any other method, and says in Allow which there are. To whoever may write: a method that
    # comes to be answered some day must not be open to readers.
    "ANY /items"      = { function = "items", scopes = local.scopes.write }
    "ANY /items/{id}" = { function = "items", scopes = local.scopes.write }
  }

  # A stage with an access log cannot be created before the account lets API Gateway write logs.
  depends_on = [aws_api_gateway_account.this]
}
