output "id" {
  description = "Id of the user pool."
  value       = aws_cognito_user_pool.this.id
}

output "arn" {
  description = "ARN of the user pool."
  value       = aws_cognito_user_pool.this.arn
}

output "client_id" {
  description = "Id of the app client: what a token's `aud` (id token) or `client_id` (access token) must be."
  value       = aws_cognito_user_pool_client.this.id
}

output "access_token_scopes" {
  description = "Scopes of which every access token of the pool has one, and no id token has any: those of a sign-in by the hosted UI (which has to be asked for it), and of one by `auth_flows`. An API that asks for one of them takes access tokens only."
  value       = ["openid", "aws.cognito.signin.user.admin"]
}

output "issuer" {
  description = "What a token's `iss` must be. Its keys are published at <issuer>/.well-known/jwks.json."
  value       = "https://${aws_cognito_user_pool.this.endpoint}"
}

output "hosted_ui_url" {
  description = "Address of the hosted UI, below which /login, /oauth2/authorize and /oauth2/token live."

  # Of the prefix and not of the domain, which comes after the app client's callback addresses: a site's address is one of them,
  # and its Content-Security-Policy has to know this one first.
  value = "https://${var.domain_prefix}.${local.hosted_ui_label}.${data.aws_region.current.id}.amazoncognito.com"
}
