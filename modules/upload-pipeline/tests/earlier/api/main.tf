resource "aws_apigatewayv2_api" "this" {
  name          = "photos"
  protocol_type = "HTTP"
}

output "id" {
  value = aws_apigatewayv2_api.this.id
}
