output "name" {
  description = "Name of the dashboard."
  value       = aws_cloudwatch_dashboard.this.dashboard_name
}

output "alarm_names" {
  description = "Names of the alarms, by the short names of their queues."
  value       = { for key, alarm in aws_cloudwatch_metric_alarm.dead_letters : key => alarm.alarm_name }
}
