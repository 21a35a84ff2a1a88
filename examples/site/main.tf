# Three things know each other here: the app client the site's address, config.json the app client's id, and the site's
# Content-Security-Policy the addresses of API and sign-in. There is no circle, because those addresses need no app client, and
# the distribution no config.json.
data "aws_region" "current" {}

locals {
  addresses = merge(
    {
      api     = var.api_under_site ? "/" : module.upload_pipeline.api_origin
      cognito = "https://cognito-idp.${data.aws_region.current.id}.amazonaws.com"
      sign_in = module.upload_pipeline.hosted_ui_url
      uploads = "https://${module.upload_pipeline.uploads_bucket}.s3.${data.aws_region.current.id}.amazonaws.com"
      results = "https://${module.upload_pipeline.processed_bucket}.s3.${data.aws_region.current.id}.amazonaws.com"
    },
    var.addresses,
  )

  # Where the sign-in page may lead back to.
  origins = concat([module.site.url], var.allowed_origins)
}

module "upload_pipeline" {
  # In a repository of your own: source = "git::https://<host>/<repository>.git//modules/upload-pipeline?ref=<tag>"
  source = "../../modules/upload-pipeline"

  name                = var.name
  deletion_protection = var.deletion_protection
  build               = { profile = var.build_profile }

  # With the API under the site's domain, only signed links to the buckets lead elsewhere.
  allowed_origins = var.allowed_origins
  bucket_origins  = [module.site.url]

  sign_in = {
    callback_urls = [for origin in local.origins : "${origin}/"]
    logout_urls   = [for origin in local.origins : "${origin}/"]
    auth_flows    = var.auth_flows

    # Where an administrator creates the accounts, leave it out.
    self_sign_up = true
  }
}

module "site" {
  source    = "../../modules/static-site"
  providers = { aws = aws, aws.us_east_1 = aws.us_east_1 }

  name        = var.name
  site        = merge(var.site, { folder = coalesce(var.site.folder, "${path.module}/../../web/site/dist") })
  domain      = var.domain
  web_acl_arn = var.web_acl_arn
  access_log  = var.access_log

  api = var.api_under_site ? { endpoint = module.upload_pipeline.api_origin, paths = ["/uploads", "/uploads/*"] } : null

  addresses = local.addresses

  # Previews show images by signed links, and the worker that hashes is made by a policy of this name.
  content_security_policy = {
    images        = distinct([for name in ["uploads", "results"] : regex("^https://[^/]+", local.addresses[name])])
    trusted_types = ["hash-worker"]
  }

  configuration = {
    user_pool_id        = module.upload_pipeline.user_pool_id
    user_pool_client_id = module.upload_pipeline.user_pool_client_id
  }
}
