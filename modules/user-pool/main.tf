data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  # "Amazon Cognito in AWS GovCloud (US)": there the hosted UI has FIPS endpoints alone.
  hosted_ui_label = data.aws_partition.current.partition == "aws-us-gov" ? "auth-fips" : "auth"

  # Cognito does not take both: with rotation, a token is renewed by GetTokensFromRefreshToken or the hosted UI only
  # ("Refresh token rotation", Amazon Cognito Developer Guide).
  rotates = !contains(var.auth_flows, "ALLOW_REFRESH_TOKEN_AUTH")

  # An empty list would be Cognito's default, which allows SRP (API reference, CreateUserPoolClient, ExplicitAuthFlows). The
  # custom flow can do nothing in a pool without its triggers, which this one has not.
  auth_flows = length(var.auth_flows) > 0 ? var.auth_flows : ["ALLOW_CUSTOM_AUTH"]

  # What AssociateSoftwareToken, ChangePassword and UpdateUserAttributes ask for.
  self_service_scopes = [for allowed in [var.self_service] : "aws.cognito.signin.user.admin" if allowed]

  # Whoever signs up writes an e-mail address. Nobody else has to: an administrator writes it. An empty list would be all
  # attributes (API reference, CreateUserPoolClient, WriteAttributes).
  write_attributes = var.self_sign_up ? ["email", "name"] : ["name"]
}

resource "aws_cognito_user_pool" "this" {
  name                     = var.name
  username_attributes      = ["email"]
  auto_verified_attributes = ["email"]
  deletion_protection      = var.deletion_protection ? "ACTIVE" : "INACTIVE"
  mfa_configuration        = "OPTIONAL"
  tags                     = var.tags

  # Ann@example.com and ann@example.com are one person.
  username_configuration {
    case_sensitive = false
  }

  software_token_mfa_configuration {
    enabled = true
  }

  # A changed address signs nobody in before its owner has confirmed it.
  user_attribute_update_settings {
    attributes_require_verification_before_update = ["email"]
  }

  account_recovery_setting {
    recovery_mechanism {
      name     = "verified_email"
      priority = 1
    }
  }

  admin_create_user_config {
    allow_admin_create_user_only = !var.self_sign_up
  }

  # Without it Cognito sends 50 messages a day for the whole pool ("Quotas in Amazon Cognito").
  dynamic "email_configuration" {
    for_each = var.email[*]
    content {
      email_sending_account = "DEVELOPER"
      source_arn            = email_configuration.value.ses_arn
      from_email_address    = email_configuration.value.from
    }
  }

  password_policy {
    minimum_length                   = var.password_minimum_length
    require_lowercase                = true
    require_uppercase                = true
    require_numbers                  = true
    require_symbols                  = true
    temporary_password_validity_days = 7
  }

  lifecycle {
    precondition {
      # "Amazon Cognito", Getting Started with Amazon Web Services in China.
      condition     = data.aws_partition.current.partition != "aws-cn"
      error_message = "The regions in China have no Cognito user pools. Use another issuer of JWTs there, which http-api takes as `jwt`."
    }
  }
}

resource "aws_cognito_resource_server" "this" {
  for_each     = var.resource_servers
  identifier   = each.key
  name         = each.key
  user_pool_id = aws_cognito_user_pool.this.id

  dynamic "scope" {
    for_each = each.value
    content {
      scope_name        = scope.key
      scope_description = scope.value
    }
  }
}

# No secret: a browser or a command line cannot keep one. PKCE takes its place in the code flow.
resource "aws_cognito_user_pool_client" "this" {
  name                                 = var.name
  user_pool_id                         = aws_cognito_user_pool.this.id
  generate_secret                      = false
  explicit_auth_flows                  = local.auth_flows
  write_attributes                     = local.write_attributes
  prevent_user_existence_errors        = "ENABLED"
  enable_token_revocation              = true
  supported_identity_providers         = ["COGNITO"]
  allowed_oauth_flows_user_pool_client = true
  allowed_oauth_flows                  = concat(["code"], [for allowed in [var.implicit_grant] : "implicit" if allowed])
  allowed_oauth_scopes                 = concat(["openid", "email", "profile"], local.self_service_scopes, flatten(values(aws_cognito_resource_server.this)[*].scope_identifiers))
  callback_urls                        = var.callback_urls
  logout_urls                          = var.logout_urls
  access_token_validity                = var.token_validity.access_minutes
  id_token_validity                    = var.token_validity.id_minutes
  refresh_token_validity               = var.token_validity.refresh_days

  dynamic "refresh_token_rotation" {
    for_each = [for rotates in [local.rotates] : "ENABLED" if rotates]
    content {
      feature                    = refresh_token_rotation.value
      retry_grace_period_seconds = 30 # For an answer that was lost. Cognito allows up to 60.
    }
  }

  token_validity_units {
    access_token  = "minutes"
    id_token      = "minutes"
    refresh_token = "days"
  }
}

resource "aws_cognito_user_pool_domain" "this" {
  domain       = var.domain_prefix
  user_pool_id = aws_cognito_user_pool.this.id
}
