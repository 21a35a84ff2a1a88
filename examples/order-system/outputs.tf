output "api_endpoint" {
  description = "Address of the API, without a slash at the end."
  value       = module.api.api_endpoint
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

output "tables" {
  description = "Tables by what they hold."
  value       = { for key, table in module.table : key => table.name }
}

output "event_bus_name" {
  description = "Bus that tells of new users and orders."
  value       = aws_cloudwatch_event_bus.this.name
}

output "state_machine_arn" {
  description = "State machine of an order."
  value       = module.order.arn
}

output "queue_urls" {
  description = "Queues: new orders, for 4 days, and what could not be announced, started or finished, for 14 days each."
  value = {
    order_created = aws_sqs_queue.order_created.url
    unannounced   = aws_sqs_queue.unannounced.url
    unstarted     = aws_sqs_queue.unstarted.url
    unfinished    = module.order.unfinished_queue.url
  }
}

output "uploads_bucket" {
  description = "Bucket for files, of which nothing is left 365 days after they were sent."
  value       = module.uploads.name
}

output "dashboard_name" {
  description = "Dashboard of functions, queues and executions."
  value       = module.dashboard.name
}

output "functions" {
  description = "Functions by name: what to look at, and which role to inspect."
  value       = local.functions
}
