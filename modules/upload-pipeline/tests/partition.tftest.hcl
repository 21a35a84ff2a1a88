# In AWS GovCloud (US) every ARN begins with "arn:aws-us-gov:" ("Amazon Resource Names (ARNs) in GovCloud (US) Regions").
mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws-us-gov", dns_suffix = "amazonaws.com" }
  }
  mock_data "aws_region" {
    defaults = { id = "us-gov-west-1" }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws-us-gov:iam::123456789012:role/function" }
  }
  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws-us-gov:logs:us-gov-west-1:123456789012:log-group:any" }
  }
  mock_resource "aws_lambda_function" {
    defaults = { arn = "arn:aws-us-gov:lambda:us-gov-west-1:123456789012:function:any" }
  }
  mock_resource "aws_lambda_alias" {
    defaults = { arn = "arn:aws-us-gov:lambda:us-gov-west-1:123456789012:function:any:live" }
  }
  mock_resource "aws_apigatewayv2_api" {
    defaults = { execution_arn = "arn:aws-us-gov:execute-api:us-gov-west-1:123456789012:api" }
  }
  mock_resource "aws_kinesis_stream" {
    defaults = { arn = "arn:aws-us-gov:kinesis:us-gov-west-1:123456789012:stream/uploads" }
  }
  mock_resource "aws_cloudwatch_event_rule" {
    defaults = { arn = "arn:aws-us-gov:events:us-gov-west-1:123456789012:rule/uploaded" }
  }
  mock_resource "aws_sqs_queue" {
    defaults = { arn = "arn:aws-us-gov:sqs:us-gov-west-1:123456789012:dead-letters" }
  }
}

mock_provider "rustlambda" {
  mock_resource "rustlambda_package" {
    defaults = { runtime = "provided.al2023" }
  }
}

run "holds_no_arn_of_another_partition" {
  variables {
    name        = "photos"
    sign_in     = { callback_urls = ["https://photos.example.com/callback"] }
    kms_key_arn = "arn:aws-us-gov:kms:us-gov-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    vpc         = { subnet_ids = ["subnet-1"], security_group_ids = ["sg-1"] }
  }
  assert {
    condition     = !strcontains(jsonencode([output.functions, output.arns, aws_iam_role_policy.reconcile.policy]), "arn:aws:")
    error_message = "Policies must name resources of the partition that they are in."
  }
}
