module "thumbnails" {
  # In a repository of your own: source = "git::https://<host>/<repository>.git//modules/upload-pipeline?ref=<tag>"
  source = "../../modules/upload-pipeline"

  name                = var.name
  deletion_protection = var.deletion_protection
  build               = { profile = var.build_profile }
  alarm_topic_arns    = var.alarm_topic_arns

  # The crate beside this file, in place of the processor that comes with the pipeline.
  processor = {
    manifest_path   = "${path.module}/Cargo.toml"
    profile         = var.build_profile
    memory_mb       = 512              # See MAX_DECODED_BYTES in src/thumbnail.rs.
    timeout_seconds = 60               # The largest image takes about five seconds.
    max_bytes       = 20 * 1024 * 1024 # MAX_FILE_BYTES in src/lib.rs: the API refuses what is larger.
  }

  sign_in = {
    callback_urls = var.callback_urls

    # For the curl lines of the README, as in examples/upload-pipeline. Leave both out of a deployment that people use.
    auth_flows   = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    self_sign_up = true
  }
}
