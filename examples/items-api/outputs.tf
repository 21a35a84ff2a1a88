output "api_endpoint" {
  description = "Address of the API, without a slash at the end."
  value       = module.api.api_endpoint
}

output "api_keys" {
  description = "What each client of `api_key_clients` sends in the header x-api-key."
  value       = module.api.api_keys
  sensitive   = true
}

output "deployment_id" {
  description = "Id of the deployment that the API serves. It changes with every change of the API."
  value       = module.api.deployment.id
}

output "user_pool_id" {
  description = "Id of the user pool."
  value       = module.users.id
}

output "user_pool_client_id" {
  description = "Id of the app client with which users sign in."
  value       = module.users.client_id
}

output "hosted_ui_url" {
  description = "Address of the hosted UI, below which /login, /oauth2/authorize and /oauth2/token live."
  value       = module.users.hosted_ui_url
}

output "items_table" {
  description = "Table with a row for each item."
  value       = module.table.name
}

output "functions" {
  description = "Functions by name: what to look at, and which role to inspect."
  value       = { items-api = module.function }
}
