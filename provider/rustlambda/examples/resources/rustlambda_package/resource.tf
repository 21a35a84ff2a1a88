resource "rustlambda_package" "hello" {
  manifest_path = "${path.module}/hello/Cargo.toml"
}

resource "aws_lambda_function" "hello" {
  function_name    = "hello"
  role             = aws_iam_role.hello.arn
  architectures    = [rustlambda_package.hello.architecture]
  runtime          = rustlambda_package.hello.runtime
  handler          = rustlambda_package.hello.handler
  filename         = rustlambda_package.hello.filename
  source_code_hash = rustlambda_package.hello.source_code_hash
}

resource "aws_iam_role" "hello" {
  name = "hello"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}
