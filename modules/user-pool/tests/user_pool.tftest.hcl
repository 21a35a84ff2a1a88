mock_provider "aws" {
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_region" {
    defaults = { id = "us-gov-west-1" }
  }
  mock_resource "aws_cognito_user_pool" {
    defaults = { arn = "arn:aws:cognito-idp:us-gov-west-1:123456789012:userpool/us-gov-west-1_pool" }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/unconfirmed" }
  }
  mock_resource "aws_sfn_state_machine" {
    defaults = { arn = "arn:aws:states:us-gov-west-1:123456789012:stateMachine:unconfirmed" }
  }
}

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

run "lets_nobody_sign_up_unless_asked" {
  command = plan

  assert {
    condition     = aws_cognito_user_pool.this.admin_create_user_config[0].allow_admin_create_user_only
    error_message = "Only an administrator must be able to create accounts."
  }
  assert {
    condition     = aws_cognito_user_pool_client.this.write_attributes == toset(["name"])
    error_message = "A user, or a thief of a token, must not be able to change the e-mail address."
  }
}

run "lets_people_sign_up_by_choice" {
  command = plan
  variables {
    self_sign_up = true
    email        = { ses_arn = "arn:aws:ses:eu-west-1:123456789012:identity/example.com", from = "no-reply@example.com" }
  }

  assert {
    condition     = !aws_cognito_user_pool.this.admin_create_user_config[0].allow_admin_create_user_only
    error_message = "Whoever wants to must be able to sign up."
  }
  assert {
    condition     = contains(aws_cognito_user_pool_client.this.write_attributes, "email")
    error_message = "Whoever signs up must be able to write an e-mail address."
  }
  assert {
    condition = (
      aws_cognito_user_pool.this.email_configuration[0].email_sending_account == "DEVELOPER"
      && aws_cognito_user_pool.this.email_configuration[0].source_arn == var.email.ses_arn
      && aws_cognito_user_pool.this.email_configuration[0].from_email_address == "no-reply@example.com"
    )
    error_message = "Mail must be sent through SES: Cognito sends 50 a day."
  }
}

run "keeps_unconfirmed_accounts_unless_asked" {
  command = plan

  assert {
    condition     = length(aws_sfn_state_machine.unconfirmed) + length(aws_iam_role.unconfirmed) + length(aws_scheduler_schedule.unconfirmed) == 0
    error_message = "Nothing must delete accounts unless it was asked for."
  }
}

run "removes_unconfirmed_accounts_by_choice" {
  variables {
    name               = "My orders"
    self_sign_up       = true
    remove_unconfirmed = { after_days = 2, role = { path = "/applications/" } }
  }

  assert {
    condition = (
      strcontains(jsondecode(aws_sfn_state_machine.unconfirmed["unconfirmed"].definition).States.FindUnconfirmed.Arguments, "cognito:user_status = \"UNCONFIRMED\"")
      && strcontains(jsondecode(aws_sfn_state_machine.unconfirmed["unconfirmed"].definition).States.FindUnconfirmed.Output, "UserStatus = 'UNCONFIRMED' and $toMillis(UserCreateDate) < $millis() - 2 * 86400000")
    )
    error_message = "Only accounts that are unconfirmed and old enough must go."
  }
  assert {
    condition = { for service, policy in aws_iam_role_policy.unconfirmed : service => jsondecode(policy.policy).Statement[0].Action } == {
      scheduler = ["states:StartExecution"]
      states    = ["cognito-idp:AdminDeleteUser", "cognito-idp:ListUsers"]
    }
    error_message = "The two roles must be able to do this and nothing else."
  }
  assert {
    condition = alltrue([
      for service, role in aws_iam_role.unconfirmed :
      role.path == "/applications/" && jsondecode(role.assume_role_policy).Statement[0].Principal.Service == "${service}.amazonaws.com"
      && can(jsondecode(role.assume_role_policy).Statement[0].Condition.StringEquals["aws:SourceAccount"])
    ])
    error_message = "Only the service may assume the role, and for this account only."
  }
  assert {
    condition     = aws_scheduler_schedule.unconfirmed["unconfirmed"].schedule_expression == "rate(1 hour)" && aws_sfn_state_machine.unconfirmed["unconfirmed"].name == "My-orders-unconfirmed"
    error_message = "It must run every hour."
  }
}

run "rotates_refresh_tokens" {
  command = plan

  assert {
    condition     = aws_cognito_user_pool_client.this.refresh_token_rotation[0].feature == "ENABLED"
    error_message = "A refresh token must be good once."
  }
}

# Cognito does not take rotation together with this flow.
run "does_not_rotate_what_initiate_auth_renews" {
  command = plan
  variables {
    auth_flows = ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
  }

  assert {
    condition     = length(aws_cognito_user_pool_client.this.refresh_token_rotation) == 0
    error_message = "Rotation and ALLOW_REFRESH_TOKEN_AUTH exclude each other."
  }
}

# Cognito reads no flows as its default, which allows SRP.
run "signs_in_by_the_hosted_ui_alone_by_choice" {
  command = plan
  variables {
    auth_flows = []
  }

  assert {
    condition     = aws_cognito_user_pool_client.this.explicit_auth_flows == toset(["ALLOW_CUSTOM_AUTH"])
    error_message = "No flow that could sign somebody in must be left."
  }
}

run "lets_users_change_themselves_by_choice" {
  command = plan
  variables {
    self_service = true
  }

  assert {
    condition     = contains(aws_cognito_user_pool_client.this.allowed_oauth_scopes, "aws.cognito.signin.user.admin")
    error_message = "A token must be able to carry the scope that AssociateSoftwareToken asks for."
  }
}

run "takes_an_apps_own_scheme" {
  command = plan
  variables {
    callback_urls = ["com.example.app://callback", "http://localhost:3000/callback", "https://app.example.com/?from=sign-in"]
  }

  assert {
    condition     = length(aws_cognito_user_pool_client.this.callback_urls) == 3
    error_message = "An app's scheme, localhost and HTTPS are addresses that Cognito takes."
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
    condition     = aws_cognito_user_pool_client.this.explicit_auth_flows == toset(["ALLOW_USER_SRP_AUTH"])
    error_message = "Passwords must not reach Cognito in the clear unless the caller chooses so."
  }
  assert {
    condition     = aws_cognito_user_pool_client.this.prevent_user_existence_errors == "ENABLED"
    error_message = "A refused sign-in must not tell whether an address has an account."
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

run "has_a_fips_hosted_ui_in_govcloud" {
  override_data {
    target = data.aws_partition.current
    values = { partition = "aws-us-gov" }
  }

  assert {
    condition     = output.hosted_ui_url == "https://orders-123456789012.auth-fips.us-gov-west-1.amazoncognito.com"
    error_message = "GovCloud has another host name for the hosted UI."
  }
}

run "refuses_china_where_there_are_no_user_pools" {
  command = plan
  override_data {
    target = data.aws_partition.current
    values = { partition = "aws-cn" }
  }
  expect_failures = [aws_cognito_user_pool.this]
}

run "refuses_what_cognito_would_refuse" {
  command = plan
  variables {
    name                    = "my/app"
    domain_prefix           = "my-aws-app"
    email                   = { ses_arn = "example.com", from = "no-reply@example.com" }
    callback_urls           = ["http://app.example.com/callback"]
    logout_urls             = ["javascript://alert"]
    auth_flows              = ["USER_PASSWORD_AUTH"]
    remove_unconfirmed      = { after_days = 0 }
    token_validity          = { access_minutes = 2 }
    password_minimum_length = 6
    resource_servers        = { orders = { "read/all" = "See orders" } }
  }
  expect_failures = [
    var.name, var.domain_prefix, var.email, var.callback_urls, var.logout_urls, var.auth_flows, var.token_validity, var.remove_unconfirmed,
    var.password_minimum_length, var.resource_servers,
  ]
}
