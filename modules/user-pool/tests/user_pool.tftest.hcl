mock_provider "aws" {}

variables {
  name          = "orders"
  domain_prefix = "orders-123456789012"
  callback_urls = ["https://app.example.com/callback"]
}

run "signs_in_by_verified_address_and_strong_password" {
  command = plan

  assert {
    condition     = aws_cognito_user_pool.this.username_attributes == toset(["email"]) && aws_cognito_user_pool.this.auto_verified_attributes == toset(["email"])
    error_message = "Users must sign in with an address that was verified."
  }
  assert {
    condition     = !aws_cognito_user_pool.this.username_configuration[0].case_sensitive
    error_message = "The case of an address must not matter."
  }
  assert {
    condition     = aws_cognito_user_pool.this.password_policy[0].minimum_length >= 12
    error_message = "Passwords must be long."
  }
  assert {
    condition     = aws_cognito_user_pool.this.deletion_protection == "ACTIVE"
    error_message = "The pool must refuse to be deleted."
  }
}

run "has_a_public_client_with_the_code_flow_only" {
  command = plan

  assert {
    condition     = !aws_cognito_user_pool_client.this.generate_secret
    error_message = "A public client must have no secret."
  }
  assert {
    condition     = aws_cognito_user_pool_client.this.allowed_oauth_flows == toset(["code"])
    error_message = "Tokens must not travel in an address: the implicit grant must be off."
  }
  assert {
    condition     = aws_cognito_user_pool_client.this.explicit_auth_flows == toset(["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"])
    error_message = "Passwords must not reach Cognito in the clear unless the caller chooses so."
  }
  assert {
    condition     = aws_cognito_user_pool_client.this.prevent_user_existence_errors == "ENABLED"
    error_message = "An answer must not tell whether an address has an account."
  }
}

# The scopes are Cognito's to spell; a mock has to be told.
run "lets_the_client_ask_for_the_scopes_of_its_apis" {
  variables {
    resource_servers = { orders = { read = "See orders", write = "Change orders" } }
  }
  override_resource {
    target = aws_cognito_resource_server.this
    values = { scope_identifiers = ["orders/read", "orders/write"] }
  }

  assert {
    condition     = { for scope in aws_cognito_resource_server.this["orders"].scope : scope.scope_name => scope.scope_description } == { read = "See orders", write = "Change orders" }
    error_message = "The API must have its scopes."
  }
  assert {
    condition     = aws_cognito_user_pool_client.this.allowed_oauth_scopes == toset(["openid", "email", "profile", "orders/read", "orders/write"])
    error_message = "The client must be allowed to ask for them."
  }
}

run "has_the_implicit_grant_only_by_choice" {
  command = plan
  variables {
    implicit_grant = true
  }
  assert {
    condition     = aws_cognito_user_pool_client.this.allowed_oauth_flows == toset(["code", "implicit"])
    error_message = "The implicit grant must be there beside the code grant."
  }
}

run "refuses_what_cognito_would_refuse" {
  command = plan
  variables {
    domain_prefix           = "my-aws-app"
    callback_urls           = ["http://app.example.com/callback"]
    auth_flows              = ["USER_PASSWORD_AUTH"]
    token_validity          = { access_minutes = 2 }
    password_minimum_length = 6
    resource_servers        = { orders = { "read/all" = "See orders" } }
  }
  expect_failures = [var.domain_prefix, var.callback_urls, var.auth_flows, var.token_validity, var.password_minimum_length, var.resource_servers]
}
