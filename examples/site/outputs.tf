output "site_url" {
  description = "Address of the site, without a slash at the end."
  value       = module.site.url
}

output "site_bucket" {
  description = "Bucket that holds the site's files."
  value       = module.site.bucket
}

output "distribution_id" {
  description = "Id of the CloudFront distribution."
  value       = module.site.distribution_id
}

output "api_endpoint" {
  description = "Address of the API, without a slash at the end."
  value       = module.upload_pipeline.api_endpoint
}

output "user_pool_id" {
  description = "Id of the user pool."
  value       = module.upload_pipeline.user_pool_id
}

output "user_pool_client_id" {
  description = "Id of the app client with which users sign in."
  value       = module.upload_pipeline.user_pool_client_id
}

output "hosted_ui_url" {
  description = "Address of the hosted UI, below which /login, /oauth2/authorize and /oauth2/token live."
  value       = module.upload_pipeline.hosted_ui_url
}

output "uploads_bucket" {
  description = "Bucket that holds what was uploaded, below uploads/."
  value       = module.upload_pipeline.uploads_bucket
}

output "processed_bucket" {
  description = "Bucket that holds the results, below processed/."
  value       = module.upload_pipeline.processed_bucket
}

output "functions" {
  description = "Functions by name: what to look at, and which role to inspect."
  value       = module.upload_pipeline.functions
}
