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

output "uploads_table" {
  description = "Table with a row for each upload."
  value       = module.upload_pipeline.uploads_table
}

output "stream_name" {
  description = "Stream that carries a record for each upload."
  value       = module.upload_pipeline.stream_name
}

output "dead_letter_queue_url" {
  description = "Queue that holds what could not be processed, with the reason, for 14 days."
  value       = module.upload_pipeline.dead_letter_queue_url
}

output "event_bus_name" {
  description = "EventBridge bus that hears of each upload."
  value       = module.upload_pipeline.event_bus_name
}

output "dashboard_name" {
  description = "Dashboard of the functions, the stream, the queue and the API."
  value       = module.upload_pipeline.dashboard_name
}

output "functions" {
  description = "Functions by name: what to look at, and which role to inspect."
  value       = module.upload_pipeline.functions
}
