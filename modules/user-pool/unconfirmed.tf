# Cognito keeps an account that nobody confirms, with the address and the password of whoever signed up, and has no setting that
# removes it. Step Functions calls Cognito itself, so that this takes no function.
locals {
  unconfirmed = { for removal in var.remove_unconfirmed[*] : "unconfirmed" => removal }

  # Names of roles have no spaces and 64 characters; what follows takes 38 with the longest region.
  unconfirmed_name = "${substr(replace(var.name, "/[^a-zA-Z0-9_-]/", "-"), 0, 26)}-unconfirmed"

  # Known before the state machine is, whose role is one of these.
  unconfirmed_arn = "arn:${data.aws_partition.current.partition}:states:${data.aws_region.current.id}:${data.aws_caller_identity.current.account_id}:stateMachine:${local.unconfirmed_name}"

  # By the service that assumes the role.
  unconfirmed_roles = { for service, statement in {
    states    = { actions = ["cognito-idp:AdminDeleteUser", "cognito-idp:ListUsers"], resource = aws_cognito_user_pool.this.arn }
    scheduler = { actions = ["states:StartExecution"], resource = local.unconfirmed_arn }
  } : service => statement if var.remove_unconfirmed != null }
}

resource "aws_iam_role" "unconfirmed" {
  for_each             = local.unconfirmed_roles
  name                 = "${local.unconfirmed_name}-${each.key}-${data.aws_region.current.id}"
  path                 = var.remove_unconfirmed.role.path
  permissions_boundary = var.remove_unconfirmed.role.permissions_boundary
  description          = "Removes accounts of ${var.name} that nobody has confirmed."
  tags                 = var.tags

  # "Cross-service confused deputy prevention", in the guides of Step Functions and of EventBridge Scheduler.
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "${each.key}.amazonaws.com" }
      Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.current.account_id } }
    }]
  })
}

resource "aws_iam_role_policy" "unconfirmed" {
  for_each = local.unconfirmed_roles
  name     = "unconfirmed"
  role     = aws_iam_role.unconfirmed[each.key].id

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = each.value.actions, Resource = each.value.resource }]
  })
}

resource "aws_sfn_state_machine" "unconfirmed" {
  for_each = local.unconfirmed
  name     = local.unconfirmed_name
  role_arn = aws_iam_role.unconfirmed["states"].arn
  tags     = var.tags

  definition = templatefile("${path.module}/unconfirmed.asl.json", {
    partition    = data.aws_partition.current.partition
    user_pool_id = aws_cognito_user_pool.this.id
    days         = each.value.after_days
  })

  depends_on = [aws_iam_role_policy.unconfirmed]
}

resource "aws_scheduler_schedule" "unconfirmed" {
  for_each    = local.unconfirmed
  name        = local.unconfirmed_name
  description = "Removes accounts of ${var.name} that nobody has confirmed."

  # An execution ends at 25,000 events of its history, after about 3,500 accounts ("Using Map state in Inline mode"): whoever
  # signs up more a day must not win.
  schedule_expression = "rate(1 hour)"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = aws_sfn_state_machine.unconfirmed[each.key].arn
    role_arn = aws_iam_role.unconfirmed["scheduler"].arn
    input    = jsonencode({})
  }

  depends_on = [aws_iam_role_policy.unconfirmed]
}
