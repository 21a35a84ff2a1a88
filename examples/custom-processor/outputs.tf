output "api_endpoint" {
  description = "Address of the API, without a slash at the end."
  value       = module.thumbnails.api_endpoint
}

output "user_pool_id" {
  description = "Id of the user pool."
  value       = module.thumbnails.user_pool_id
}

output "user_pool_client_id" {
  description = "Id of the app client with which users sign in."
  value       = module.thumbnails.user_pool_client_id
}

output "hosted_ui_url" {
  description = "Address of the hosted UI, below which /login, /oauth2/authorize and /oauth2/token live."
  value       = module.thumbnails.hosted_ui_url
}

output "uploads_bucket" {
  description = "Bucket that holds what was uploaded, below uploads/."
  value       = module.thumbnails.uploads_bucket
}

output "processed_bucket" {
  description = "Bucket that holds the results, below processed/."
  value       = module.thumbnails.processed_bucket
}

output "uploads_table" {
  description = "Table with a row for each upload."
  value       = module.thumbnails.uploads_table
}

output "stream_name" {
  description = "Stream that carries a record for each upload."
  value       = module.thumbnails.stream_name
}

output "dead_letter_queue_url" {
  description = "Queue that holds what could not be processed, with the reason, for 14 days."
  value       = module.thumbnails.dead_letter_queue_url
}

output "event_bus_name" {
  description = "EventBridge bus that hears of each upload."
  value       = module.thumbnails.event_bus_name
}

output "dashboard_name" {
  description = "Dashboard of the functions, the stream, the queue and the API."
  value       = module.thumbnails.dashboard_name
}

output "functions" {
  description = "Functions by name: what to look at, and which role to inspect."
  value       = module.thumbnails.functions
}
