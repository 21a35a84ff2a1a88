output "api_endpoint" {
  description = "Address of the API, without a slash at the end."
  value       = local.api.api_endpoint
}

output "api_origin" {
  description = "Scheme and host of the API. Unlike `api_endpoint` it is known before the app client is, so that a site whose address is the app client's can name it."
  value       = var.api == "http" ? module.http_api[0].api_endpoint : module.rest_api[0].origin
}

output "user_pool_id" {
  description = "Id of the user pool."
  value       = module.user_pool.id
}

output "user_pool_client_id" {
  description = "Id of the app client with which users sign in."
  value       = module.user_pool.client_id
}

output "hosted_ui_url" {
  description = "Address of the hosted UI, below which /login, /oauth2/authorize and /oauth2/token live."
  value       = module.user_pool.hosted_ui_url
}

output "uploads_bucket" {
  description = "Bucket that holds what was uploaded, below uploads/."
  value       = module.uploads.name
}

output "processed_bucket" {
  description = "Bucket that holds the results, below processed/."
  value       = module.processed.name
}

output "uploads_table" {
  description = "Table with a row for each upload."
  value       = module.table.name
}

output "stream_name" {
  description = "Stream that carries a record for each upload."
  value       = module.stream.name
}

output "dead_letter_queue_url" {
  description = "Queue that holds what could not be processed, with the reason, for 14 days."
  value       = aws_sqs_queue.dead_letters.url
}

output "event_bus_name" {
  description = "EventBridge bus that hears of each upload: UploadReceived, UploadProcessed and UploadFailed, of the source rustlambda.uploads."
  value       = local.event_bus_name
}

output "arns" {
  description = "ARNs of the buckets, the table, the stream, the queue, the bus and the user pool, for policies of others; and what identifies the API."
  value = {
    uploads_bucket    = module.uploads.arn
    processed_bucket  = module.processed.arn
    uploads_table     = module.table.arn
    stream            = module.stream.arn
    dead_letter_queue = aws_sqs_queue.dead_letters.arn
    event_bus         = local.event_bus_arn
    user_pool         = module.user_pool.arn
    api_execution     = local.api.execution_arn
    access_log        = local.api.log_group_arn
  }
}

output "api_id" {
  description = "Id of the API."
  value       = local.api.id
}

output "dashboard_name" {
  description = "Dashboard of the functions, the stream, the queue and the API."
  value       = module.dashboard.name
}

output "alarm_names" {
  description = "Names of the alarms, by what they are about."
  value       = module.dashboard.alarm_names
}

output "functions" {
  description = "Functions by name: what to look at, and which role to inspect."
  value       = module.function
}
