module "upload_pipeline" {
  # In a repository of your own: source = "git::https://<host>/<repository>.git//modules/upload-pipeline?ref=<tag>"
  source = "../../modules/upload-pipeline"

  name                = var.name
  deletion_protection = var.deletion_protection
  build               = { profile = var.build_profile }
  alarm_topic_arns    = var.alarm_topic_arns

  sign_in = {
    callback_urls = var.callback_urls

    # ALLOW_USER_PASSWORD_AUTH is there for the curl lines of the README, which hand the password to Cognito.
    # Without it, clients sign in through the hosted UI or by SRP: leave it out of a deployment that people use.
    # ALLOW_REFRESH_TOKEN_AUTH renews a session by InitiateAuth: without it too, refresh tokens rotate.
    auth_flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]

    # The README's curl lines sign up. Anybody else may as well: where an administrator creates the accounts, leave it out.
    self_sign_up = true

    # Id tokens open the API as well, as the tutorials use them. Access tokens are the ones for APIs.
    accept_id_tokens = true
  }
}
