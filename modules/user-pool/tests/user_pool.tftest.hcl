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

run "refuses_what_cognito_would_refuse" {
  command = plan
  variables {
    domain_prefix           = "my-aws-app"
    callback_urls           = ["http://app.example.com/callback"]
    auth_flows              = ["USER_PASSWORD_AUTH"]
    token_validity          = { access_minutes = 2 }
    password_minimum_length = 6
  }
  expect_failures = [var.domain_prefix, var.callback_urls, var.auth_flows, var.token_validity, var.password_minimum_length]
}
